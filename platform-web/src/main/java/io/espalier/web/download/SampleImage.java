package io.espalier.web.download;

import com.vaadin.flow.server.HttpStatusCode;
import com.vaadin.flow.server.streams.DownloadEvent;
import com.vaadin.flow.server.streams.DownloadHandler;
import io.espalier.datasets.image.ImageHeader;
import io.espalier.datasets.image.ImageLimits;
import io.espalier.datasets.zip.ZipArchive;
import io.espalier.datasets.zip.ZipLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * One image of a data set, as it was uploaded. Its kind is told by its bytes, and nothing but
 * images is sent.
 */
public final class SampleImage {

  /** {@code archive} is asked at each request, with the rights of that moment. */
  public static DownloadHandler of(Supplier<Path> archive, String name) {
    return event -> send(event, archive.get(), name);
  }

  private static void send(DownloadEvent event, Path zip, String name) throws IOException {
    try (var archive = ZipArchive.open(zip, ZipLimits.DEFAULT)) {
      var member = archive.members().stream().filter(one -> one.name().equals(name)).findFirst();
      var content = member.isEmpty() ? new byte[0] : archive.read(member.get());
      switch (ImageHeader.sniff(name, content, ImageLimits.DEFAULT)) {
        case ImageHeader.Sniffed.NotAccepted _ ->
            event.getResponse().setStatus(HttpStatusCode.NOT_FOUND.getCode());
        case ImageHeader.Sniffed.Image(ImageHeader header) -> {
          event.inline(name.substring(name.lastIndexOf('/') + 1));
          event.setContentType(
              switch (header.format()) {
                case PNG -> "image/png";
                case JPEG -> "image/jpeg";
              });
          event.setContentLength(content.length);
          try (var out = event.getOutputStream()) {
            out.write(content);
          }
        }
      }
    }
  }

  private SampleImage() {}
}
