package io.espalier.web.journey;

import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The machine's own chromium with one page; nothing is downloaded. */
final class Browser implements AutoCloseable {

  private static final List<Path> CANDIDATES =
      List.of(
          Path.of("/usr/bin/chromium"),
          Path.of("/usr/bin/chromium-browser"),
          Path.of("/usr/bin/google-chrome"));

  /** Without the last four, chromium tries to reach its maker's hosts. */
  private static final List<String> FLAGS =
      List.of(
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private static final int WIDE = 1400;
  private static final int NARROW = 390;
  private static final int HIGHEST = 4000;

  private final Path screenshots;
  private final Playwright playwright;
  private final com.microsoft.playwright.Browser browser;
  private final Page page;
  private final List<String> errors = new ArrayList<>();

  Browser(Path screenshots) {
    this.screenshots = screenshots;
    var executable = executable();
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    var flags = new ArrayList<>(FLAGS);
    // Chromium refuses to put root into its sandbox.
    if (System.getProperty("user.name").equals("root")) flags.add("--no-sandbox");
    browser =
        playwright
            .chromium()
            .launch(new BrowserType.LaunchOptions().setExecutablePath(executable).setArgs(flags));
    page = browser.newPage();
    // What pulses on a page that waits for a job would take a core from the job.
    page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE));
    page.setViewportSize(WIDE, 900);
    page.onPageError(errors::add);
  }

  Page page() {
    return page;
  }

  /** Errors of scripts, of all pages so far. */
  List<String> errors() {
    return errors;
  }

  /** Wide and narrow, light and dark; each as high as the page is. */
  void shoot(String name) {
    for (int width : new int[] {WIDE, NARROW}) {
      for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        page.setViewportSize(width, 900);
        page.waitForTimeout(300);
        page.setViewportSize(width, Math.clamp(height(), 900, HIGHEST));
        page.waitForTimeout(700); // charts draw themselves again
        var file =
            "%s-%s-%s.png"
                .formatted(
                    name,
                    width == WIDE ? "wide" : "narrow",
                    scheme.name().toLowerCase(Locale.ROOT));
        page.screenshot(new Page.ScreenshotOptions().setPath(screenshots.resolve(file)));
      }
    }
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    page.setViewportSize(WIDE, 900);
  }

  private int height() {
    var height =
        page.evaluate(
            "() => Math.max(...[...document.querySelectorAll('.page')].map(e => e.scrollHeight + 90))");
    return ((Number) height).intValue();
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }

  private static Path executable() {
    return CANDIDATES.stream()
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() ->
            new AssertionError(
                "The browser journey needs chromium, and none of "
                    + CANDIDATES
                    + " is there. Install it (Debian: apt-get install chromium) and run again."));
  }
}
