package io.espalier.web.shell;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.notification.Notification;
import com.vaadin.flow.component.notification.NotificationVariant;
import com.vaadin.flow.server.ErrorEvent;
import com.vaadin.flow.server.ErrorHandler;
import io.espalier.domain.problem.Refused;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.AuthenticationException;

/** What a person sees when a click or a push on a page fails. */
final class Errors implements ErrorHandler {

  private static final Logger log = LoggerFactory.getLogger(Errors.class);
  private static final int SHOWN_MILLIS = 12_000;

  @Override
  public void error(ErrorEvent event) {
    var failure = event.getThrowable();
    var refused = cause(failure, Refused.class);
    if (refused != null) {
      show(refused.problem().sentence());
    } else if (cause(failure, AuthenticationException.class) != null) {
      var ui = UI.getCurrent();
      if (ui != null) ui.getPage().setLocation("login");
    } else {
      show(incident(failure));
    }
  }

  /** Tells a person no more than a number, and the log everything. */
  static String incident(Throwable failure) {
    var incident = UUID.randomUUID();
    log.error("Incident {}", incident, failure);
    return "The platform has made a mistake. Tell an operator the number " + incident + ".";
  }

  static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> type) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (type.isInstance(at)) return type.cast(at);
    }
    return null;
  }

  private static void show(String text) {
    if (UI.getCurrent() == null) return;
    var notification = new Notification(text, SHOWN_MILLIS, Notification.Position.TOP_CENTER);
    notification.addThemeVariants(NotificationVariant.LUMO_ERROR);
    notification.setAssertive(true);
    notification.open();
  }
}
