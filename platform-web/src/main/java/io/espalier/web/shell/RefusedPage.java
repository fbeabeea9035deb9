package io.espalier.web.shell;

import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.ErrorParameter;
import com.vaadin.flow.router.HasErrorParameter;
import com.vaadin.flow.router.ParentLayout;
import com.vaadin.flow.server.HttpStatusCode;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Refused;
import jakarta.annotation.security.PermitAll;

/** A page could not be opened, and a service said why. */
@ParentLayout(MainLayout.class)
@PermitAll
final class RefusedPage extends ErrorPage implements HasErrorParameter<Refused> {

  @Override
  public int setErrorParameter(BeforeEnterEvent event, ErrorParameter<Refused> parameter) {
    var problem = parameter.getException().problem();
    show(Message.of(problem));
    return problem.category() == Category.NOT_FOUND
        ? HttpStatusCode.NOT_FOUND.getCode()
        : HttpStatusCode.FORBIDDEN.getCode();
  }
}
