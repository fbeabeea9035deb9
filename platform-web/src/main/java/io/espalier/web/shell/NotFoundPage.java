package io.espalier.web.shell;

import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.ErrorParameter;
import com.vaadin.flow.router.HasErrorParameter;
import com.vaadin.flow.router.NotFoundException;
import com.vaadin.flow.router.ParentLayout;
import com.vaadin.flow.server.HttpStatusCode;
import jakarta.annotation.security.PermitAll;

/** Also what a page shows for a thing of another team: it looks absent. */
@ParentLayout(MainLayout.class)
@PermitAll
final class NotFoundPage extends ErrorPage implements HasErrorParameter<NotFoundException> {

  @Override
  public int setErrorParameter(
      BeforeEnterEvent event, ErrorParameter<NotFoundException> parameter) {
    show(
        new Message(
            "There is no such page",
            "Nothing that you can see is at /" + event.getLocation().getPath() + ".",
            "The address may be mistyped, or the thing may belong to another team."));
    return HttpStatusCode.NOT_FOUND.getCode();
  }
}
