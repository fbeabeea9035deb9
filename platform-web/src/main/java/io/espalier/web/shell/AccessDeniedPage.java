package io.espalier.web.shell;

import com.vaadin.flow.router.AccessDeniedException;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.ErrorParameter;
import com.vaadin.flow.router.HasErrorParameter;
import com.vaadin.flow.router.ParentLayout;
import com.vaadin.flow.server.HttpStatusCode;
import jakarta.annotation.security.PermitAll;

@ParentLayout(MainLayout.class)
@PermitAll
final class AccessDeniedPage extends ErrorPage implements HasErrorParameter<AccessDeniedException> {

  @Override
  public int setErrorParameter(
      BeforeEnterEvent event, ErrorParameter<AccessDeniedException> parameter) {
    show(
        new Message(
            "This page is not open to you",
            "/" + event.getLocation().getPath() + " is for platform admins.",
            "Ask one of them for what you need."));
    return HttpStatusCode.FORBIDDEN.getCode();
  }
}
