package io.espalier.web;

import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.SignIn;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.ApplicationContext;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.test.context.support.WithSecurityContext;
import org.springframework.security.test.context.support.WithSecurityContextFactory;

/** The test uses the pages as {@link Admin}. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@WithSecurityContext(factory = SignedInAsAdmin.Session.class)
public @interface SignedInAsAdmin {

  final class Session implements WithSecurityContextFactory<SignedInAsAdmin> {

    private final ApplicationContext platform;

    Session(ApplicationContext platform) {
      this.platform = platform;
    }

    @Override
    public SecurityContext createSecurityContext(SignedInAsAdmin annotation) {
      var admin = Admin.principal(platform);
      var accounts = platform.getBean(Accounts.class);
      var answer = (SignIn.Accepted) accounts.signIn(admin.login(), Admin.PASSWORD, "test");
      var roles = AuthorityUtils.createAuthorityList("ROLE_USER", "ROLE_ADMIN");
      return new SecurityContextImpl(
          UsernamePasswordAuthenticationToken.authenticated(answer.who(), null, roles));
    }
  }
}
