package io.espalier.web.shell;

import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.ErrorParameter;
import com.vaadin.flow.router.HasErrorParameter;
import com.vaadin.flow.router.ParentLayout;
import com.vaadin.flow.server.HttpStatusCode;
import jakarta.annotation.security.PermitAll;

@ParentLayout(MainLayout.class)
@PermitAll
final class FailurePage extends ErrorPage implements HasErrorParameter<Exception> {

  @Override
  public int setErrorParameter(BeforeEnterEvent event, ErrorParameter<Exception> parameter) {
    show(
        new Message(
            "This page could not be shown",
            Errors.incident(parameter.getCaughtException()),
            "Try again in a moment."));
    return HttpStatusCode.INTERNAL_SERVER_ERROR.getCode();
  }
}
