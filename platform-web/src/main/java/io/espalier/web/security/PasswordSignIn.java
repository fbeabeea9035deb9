package io.espalier.web.security;

import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.SignIn;
import java.util.ArrayList;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;

/** Signs people in for the pages. The session keeps who they are, never what they may do. */
@Component
class PasswordSignIn implements AuthenticationProvider {

  private final Accounts accounts;

  PasswordSignIn(Accounts accounts) {
    this.accounts = accounts;
  }

  @Override
  public Authentication authenticate(Authentication attempt) {
    var origin =
        attempt.getDetails() instanceof WebAuthenticationDetails details
            ? details.getRemoteAddress()
            : "unknown";
    var password = attempt.getCredentials() instanceof String given ? given : "";
    return switch (accounts.signIn(attempt.getName(), password, origin)) {
      case SignIn.Accepted(var who) -> {
        var authorities = new ArrayList<GrantedAuthority>();
        authorities.add(new SimpleGrantedAuthority("ROLE_USER"));
        if (accounts.principal(who).map(Principal::platformAdmin).orElse(false)) {
          // Shows the pages of admins; what they do is decided by the services.
          authorities.add(new SimpleGrantedAuthority("ROLE_ADMIN"));
        }
        yield UsernamePasswordAuthenticationToken.authenticated(who, null, authorities);
      }
      case SignIn.Denied() -> throw new BadCredentialsException("Login or password is wrong");
      case SignIn.TooSoon(var delay) -> throw new TooSoonException(delay);
    };
  }

  @Override
  public boolean supports(Class<?> authentication) {
    return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
  }
}
