package io.espalier.web;

import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.NewUser;
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

/** The test uses the pages as a user of its own, who is in no team and administers nothing. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@WithSecurityContext(factory = SignedInAsSomebody.Session.class)
public @interface SignedInAsSomebody {

  final class Session implements WithSecurityContextFactory<SignedInAsSomebody> {

    private final ApplicationContext platform;

    Session(ApplicationContext platform) {
      this.platform = platform;
    }

    @Override
    public SecurityContext createSecurityContext(SignedInAsSomebody annotation) {
      var accounts = platform.getBean(Accounts.class);
      var login = "user-" + UUID.randomUUID();
      var user = new NewUser(login, "Grace Example", Admin.PASSWORD);
      accounts.createUser(Admin.principal(platform), user);
      var answer = (SignIn.Accepted) accounts.signIn(login, Admin.PASSWORD, login);
      return new SecurityContextImpl(
          UsernamePasswordAuthenticationToken.authenticated(
              answer.who(), null, AuthorityUtils.createAuthorityList("ROLE_USER")));
    }
  }
}
