package io.espalier.web.upload;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.progressbar.ProgressBar;
import com.vaadin.flow.component.upload.Upload;
import com.vaadin.flow.server.Command;
import com.vaadin.flow.server.streams.UploadEvent;
import com.vaadin.flow.server.streams.UploadHandler;
import io.espalier.domain.problem.Refused;
import io.espalier.web.shell.Message;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Takes one file and hands it to a service. Upload and work run on the request's own thread,
 * without the session's lock: the page can be used, or left, meanwhile.
 *
 * @param <T> what was chosen on the page at the moment at which the upload began
 */
public final class Intake<T> extends Div {

  /** What is done with a file. */
  public interface Work<T> {

    /**
     * Runs without the session's lock.
     *
     * @param file to be closed by the work, at once or when it is no longer needed
     * @return what is done on the page afterwards
     */
    Command apply(T target, String fileName, Uploads.Kept file);
  }

  private final Uploads uploads;
  private final Supplier<T> target;
  private final String doing;
  private final Work<T> work;
  private final Upload upload = new Upload();
  private final Div outcome = new Div();

  /**
   * @param drop says what may be dropped here
   * @param target runs with the session's lock; may refuse
   * @param doing what the work does, such as {@code Every tensor is checked.}
   */
  public Intake(
      Uploads uploads,
      String drop,
      Supplier<T> target,
      String doing,
      Work<T> work,
      String... extensions) {
    this.uploads = uploads;
    this.target = target;
    this.doing = doing;
    this.work = work;
    addClassName("stack");
    upload.setAcceptedFileExtensions(extensions);
    upload.setMaxFiles(1);
    upload.setDropLabel(new Span(drop));
    upload.setUploadHandler(new Receiver());
    upload.setWidthFull();
    outcome.addClassName("stack");
    outcome.getElement().setAttribute("aria-live", "polite");
    add(upload, outcome);
  }

  /** Replaces what was shown of the file before, and makes room for the next one. */
  public void show(Component... answer) {
    outcome.removeAll();
    outcome.add(answer);
    upload.clearFileList();
  }

  /** Shows that something is on its way. */
  public void showWork(String name) {
    var bar = new ProgressBar();
    bar.setIndeterminate(true);
    bar.getElement().setAttribute("aria-label", "Checking " + name);
    outcome.removeAll();
    outcome.add(new Paragraph("Checking %s: %s".formatted(name, doing)), bar);
  }

  private final class Receiver implements UploadHandler {

    @Override
    public void handleUploadRequest(UploadEvent event) throws IOException {
      var ui = event.getUI();
      var name = event.getFileName();
      try (var content = event.getInputStream()) {
        var chosen = chosen(ui);
        var kept = uploads.keep(content);
        var _ = ui.access(() -> showWork(name));
        var answer = work.apply(chosen, name, kept);
        var _ = ui.access(answer);
      } catch (Refused refused) {
        event.reject("Not accepted");
        var _ = ui.access(() -> show(Message.of(refused.problem())));
      }
    }

    @Override
    public long getRequestSizeMax() {
      return uploads.mostBytes();
    }

    @Override
    public long getFileSizeMax() {
      return uploads.mostBytes();
    }
  }

  private T chosen(UI ui) {
    var chosen = new AtomicReference<T>();
    ui.accessSynchronously(() -> chosen.set(target.get()));
    return chosen.get();
  }
}
