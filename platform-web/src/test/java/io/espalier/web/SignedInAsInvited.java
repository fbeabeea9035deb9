package io.espalier.web;

import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.SignIn;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.UUID;
import org.springframework.context.ApplicationContext;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.test.context.support.WithSecurityContext;
import org.springframework.security.test.context.support.WithSecurityContextFactory;

/** The test uses the pages as a user who has signed in with the password of an invitation. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@WithSecurityContext(factory = SignedInAsInvited.Session.class)
public @interface SignedInAsInvited {

  final class Session implements WithSecurityContextFactory<SignedInAsInvited> {

    private final ApplicationContext platform;

    Session(ApplicationContext platform) {
      this.platform = platform;
    }

    @Override
    public SecurityContext createSecurityContext(SignedInAsInvited annotation) {
      var accounts = platform.getBean(Accounts.class);
      var login = "invited-" + UUID.randomUUID();
      var invitation = accounts.invite(Admin.principal(platform), login, "Grace Example");
      var answer = (SignIn.Accepted) accounts.signIn(login, invitation.password(), login);
      return new SecurityContextImpl(
          UsernamePasswordAuthenticationToken.authenticated(
              answer.who(), null, AuthorityUtils.createAuthorityList("ROLE_USER")));
    }
  }
}
