package io.espalier.web.security;

import com.vaadin.flow.spring.security.VaadinSecurityConfigurer;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.Tokens;
import io.espalier.orchestrator.agent.Agents;
import io.espalier.web.problem.ProblemResponse;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/** Three ways in, each with its own credential; what none of them opens stays closed. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SecuritySettings.class)
class SecurityConfiguration {

  // Whatever the platform hands out, a browser must not run it as a page of the platform.
  private static final String NO_PAGE = "default-src 'none'; frame-ancestors 'none'; sandbox";

  private static final String PAGES =
      "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

  @Bean
  @Order(1)
  SecurityFilterChain restDoor(
      HttpSecurity http,
      Tokens tokens,
      ProblemResponse problems,
      SecurityContextHolderStrategy contexts) {
    http.securityMatcher("/api/**")
        .addFilterBefore(
            new BearerFilter(tokens::principal, contexts),
            UsernamePasswordAuthenticationFilter.class)
        .authorizeHttpRequests(requests ->
            requests
                .requestMatchers(HttpMethod.POST, "/api/v1/setup")
                .permitAll()
                .anyRequest()
                .authenticated());
    return withoutSession(http, problems, "API token").build();
  }

  @Bean
  @Order(2)
  SecurityFilterChain agentDoor(
      HttpSecurity http,
      Agents agents,
      ProblemResponse problems,
      SecurityContextHolderStrategy contexts) {
    http.securityMatcher("/agent/**")
        .addFilterBefore(
            new BearerFilter(credential -> agent(agents, credential), contexts),
            UsernamePasswordAuthenticationFilter.class)
        .authorizeHttpRequests(requests ->
            requests
                .requestMatchers(HttpMethod.POST, "/agent/v1/enrol")
                .permitAll()
                .anyRequest()
                .authenticated());
    return withoutSession(http, problems, "agent credential").build();
  }

  private static Optional<AgentId> agent(Agents agents, String credential) {
    try {
      return Optional.of(new AgentId(agents.authenticate(credential)));
    } catch (Refused _) {
      return Optional.empty(); // answered like no credential at all
    }
  }

  @Bean
  @Order(3)
  SecurityFilterChain pageDoor(
      HttpSecurity http,
      CurrentUser user,
      Accounts accounts,
      SecurityContextHolderStrategy contexts) {
    return http.authorizeHttpRequests(requests ->
            requests
                .requestMatchers(SecurityConfiguration::isErrorPageAskedFor)
                .denyAll()
                .requestMatchers(
                    HttpMethod.GET, "/js/**", "/webjars/**", "/espalier.css", "/icons/**")
                .permitAll())
        // The page is named here too: Spring would take its own one before Vaadin's turn comes.
        .formLogin(login -> login.loginPage("/login").failureHandler(signInFailure()))
        .addFilterBefore(new SessionCheck(user, accounts, contexts), AuthorizationFilter.class)
        .headers(headers ->
            headers
                .contentSecurityPolicy(policy -> policy.policyDirectives(PAGES))
                .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN)))
        .with(VaadinSecurityConfigurer.vaadin(), pages -> pages.loginView("/login"))
        .build();
  }

  /** The server dispatches errors there; nobody calls it. */
  private static boolean isErrorPageAskedFor(HttpServletRequest request) {
    return request.getDispatcherType() == DispatcherType.REQUEST
        && request.getRequestURI().equals("/error");
  }

  private static HttpSecurity withoutSession(
      HttpSecurity http, ProblemResponse problems, String credential) {
    // No cookie is looked at, so there is nothing that a foreign page could make a browser send.
    return http.csrf(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .headers(
            headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(NO_PAGE)))
        .exceptionHandling(answers ->
            answers
                .authenticationEntryPoint(unauthenticated(problems, credential))
                .accessDeniedHandler(forbidden(problems)));
  }

  private static AuthenticationEntryPoint unauthenticated(
      ProblemResponse problems, String credential) {
    return (_, response, _) -> {
      response.setHeader("WWW-Authenticate", "Bearer");
      problems.send(
          response,
          Problem.of(
              "unauthenticated",
              Category.UNAUTHENTICATED,
              credential,
              "The credential is missing, wrong, expired or revoked.",
              "Send a valid one as Authorization: Bearer …"));
    };
  }

  private static AccessDeniedHandler forbidden(ProblemResponse problems) {
    return (request, response, _) ->
        problems.send(
            response,
            Problem.of(
                "forbidden",
                Category.FORBIDDEN,
                request.getMethod() + " " + request.getRequestURI(),
                "This is not open to you.",
                "Use a credential that may do this."));
  }

  private static AuthenticationFailureHandler signInFailure() {
    return (request, response, failure) -> {
      var query =
          failure instanceof TooSoonException tooSoon
              ? "?error&wait=" + Math.max(1, tooSoon.delay().toSeconds() + 1)
              : "?error";
      response.sendRedirect(request.getContextPath() + "/login" + query);
    };
  }
}
