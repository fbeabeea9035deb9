package io.espalier.web.journey;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.espalier.web.house.House;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * From a bare platform to a downloaded model, with a browser and nothing else. The steps are one
 * story: each stands on the one before.
 */
class BrowserJourneyIT {

  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final String LOGIN = "ada";
  private static final String PASSWORD = "the engine weaves patterns";

  private static final double SOON = 30_000;
  private static final double A_JOB = 480_000;

  @TempDir private Path folder;

  @Test
  void aPersonFineTunesAModelInTheBrowser() throws IOException {
    try (var house = new House();
        var browser = new Browser(SCREENSHOTS)) {
      house.open();
      var zip = house.drawnImages(30);
      var page = browser.page();
      page.setDefaultTimeout(SOON);

      page.navigate(house.url());
      setUp(page, house.setupCode());
      signIn(page);
      createTeamWithBudget(page);
      browser.shoot("home-new");

      uploadDataset(page, zip);
      browser.shoot("dataset");

      submitFineTune(page, browser);
      var job = page.url();
      awaitPoints(page, 2);
      int seen = awaitPoints(page, points(page) + 1);
      browser.shoot("job-training");

      page.reload();
      int afterReload = awaitPoints(page, seen);

      house.closePlatform();
      house.open();
      page.navigate(job);
      signIn(page);
      page.navigate(job);
      awaitPoints(page, afterReload);

      assertThat(page.locator(".title .state"))
          .hasText("Succeeded", new LocatorAssertions.HasTextOptions().setTimeout(A_JOB));
      browser.shoot("job");
      checkModel(download(page, "Download model"));
      checkAdapter(download(page, "Download adapter"));

      browser.shoot("job");
      repeat(page, house, browser);
      showLists(page, house, browser);
      assertThat(browser.errors()).as("errors of scripts").isEmpty();
    }
  }

  private static void setUp(Page page, String code) {
    page.getByLabel("One-time code").fill(code);
    page.getByLabel("Login").fill(LOGIN);
    page.getByLabel("Your name").fill("Ada Lovelace");
    page.getByLabel("Password", exactly()).fill(PASSWORD);
    page.getByLabel("Password again").fill(PASSWORD);
    button(page, "Create the first admin").click();
  }

  private static Page.GetByLabelOptions exactly() {
    return new Page.GetByLabelOptions().setExact(true);
  }

  private static void signIn(Page page) {
    page.locator("input[name=username]").fill(LOGIN);
    page.locator("input[name=password]").fill(PASSWORD);
    page.locator("input[name=password]").press("Enter");
    page.waitForURL(url -> !url.contains("/login"));
  }

  private static void createTeamWithBudget(Page page) {
    button(page, "Create a team").click();
    page.getByRole(AriaRole.DIALOG).getByLabel("Name").fill("Botany");
    button(page, "Create").click();
    button(page, "Add budget").click();
    page.getByRole(AriaRole.DIALOG).getByLabel("Reason").fill("To begin with");
    button(page, "Add").click();
    assertThat(page.getByText("free in the budget")).isVisible();
    assertThat(page.locator(".budget").first()).containsText("10.00 GPU-h");
  }

  private static void uploadDataset(Page page, Path zip) {
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Upload a dataset")).click();
    page.locator("vaadin-upload input[type=file]").setInputFiles(zip);
    page.waitForURL(
        Pattern.compile(".*/datasets/[0-9a-f-]{36}"),
        new Page.WaitForURLOptions().setTimeout(120_000));
    assertThat(page.locator("h1")).hasText("drawn");
    assertThat(page.locator(".figures .figure").first()).containsText("8");
    assertThat(page.getByText("No test image is also in another split.")).isVisible();
  }

  private static void submitFineTune(Page page, Browser browser) {
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Fine-tune on this")).click();
    page.locator("vaadin-radio-button", new Page.LocatorOptions().setHasText("LoRA")).click();
    var submit = button(page, "Submit");
    assertThat(submit).isEnabled();
    browser.shoot("new-fine-tune");
    page.getByText("When and where").click();
    assertThat(page.getByLabel("Deadline (UTC)").first()).isVisible();
    browser.shoot("new-fine-tune-when");
    submit.click();
    page.waitForURL(Pattern.compile(".*/jobs/[0-9a-f-]{36}"));
    assertThat(page.locator(".title .state"))
        .hasText("Training", new LocatorAssertions.HasTextOptions().setTimeout(A_JOB));
    assertThat(page.locator(".chosen")).hasText("LoRA");
  }

  /** Waits until the loss curve has at least this many points; how many it has. */
  private static int awaitPoints(Page page, int least) {
    page.waitForFunction(
        "least => Number(document.querySelector('curve-chart')?.dataset.points) >= least",
        least,
        new Page.WaitForFunctionOptions().setTimeout(A_JOB));
    // What counts is what is drawn.
    assertThat(page.locator("curve-chart canvas").first()).isVisible();
    return points(page);
  }

  private static int points(Page page) {
    return Integer.parseInt(page.locator("curve-chart").first().getAttribute("data-points"));
  }

  private Path download(Page page, String link) {
    var click =
        (Runnable)
            () -> page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(link)).click();
    Download download = page.waitForDownload(click);
    var file = folder.resolve(download.suggestedFilename());
    download.saveAs(file);
    return file;
  }

  private static void checkModel(Path file) throws IOException {
    try (var zip = new ZipFile(file.toFile())) {
      assertThat(zip.stream().map(entry -> entry.getName()))
          .contains("config.json", "model.safetensors", "preprocessor_config.json", "README.md");
      var config = JsonMapper.shared().readTree(bytes(zip, "config.json"));
      assertThat(config.get("model_type").asString()).isEqualTo("vit");
      assertThat(config.get("id2label").size()).isEqualTo(8);
      assertThat(tensors(bytes(zip, "model.safetensors")))
          .contains("vit.embeddings.cls_token", "classifier.weight");
    }
  }

  private static void checkAdapter(Path file) throws IOException {
    try (var zip = new ZipFile(file.toFile())) {
      var config = JsonMapper.shared().readTree(bytes(zip, "adapter_config.json"));
      assertThat(config.get("peft_type").asString()).isEqualTo("LORA");
      assertThat(tensors(bytes(zip, "adapter_model.safetensors")))
          .anyMatch(name -> name.endsWith("lora_A.weight"));
    }
  }

  private static byte[] bytes(ZipFile zip, String name) throws IOException {
    try (var content = zip.getInputStream(zip.getEntry(name))) {
      return content.readAllBytes();
    }
  }

  /** Names in the header of a safetensors file: its length in 8 bytes, then JSON. */
  private static Iterable<String> tensors(byte[] file) {
    int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    var header = new String(file, 8, length, StandardCharsets.UTF_8);
    return JsonMapper.shared().readTree(header).propertyNames();
  }

  private static void repeat(Page page, House house, Browser browser) {
    page.navigate(house.url() + "/schedules");
    assertThat(page.getByText("Nothing is repeated")).isVisible();
    browser.shoot("schedules-none");
    page.navigate(house.url() + "/datasets");
    page.getByText("drawn", new Page.GetByTextOptions().setExact(true)).click();
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Fine-tune on this")).click();
    button(page, "Repeat on a schedule").click();
    assertThat(page.getByLabel("Cron expression")).isVisible();
    browser.shoot("repeat");
    button(page, "Create the schedule").click();
    assertThat(page.getByText("Next: ")).isVisible();
    browser.shoot("schedules");
  }

  private static void showLists(Page page, House house, Browser browser) {
    page.navigate(house.url() + "/jobs?show=succeeded");
    assertThat(page.getByText("drawn on starter-vit")).isVisible();
    browser.shoot("jobs");
    page.navigate(house.url() + "/datasets");
    assertThat(page.getByText("drawn", new Page.GetByTextOptions().setExact(true))).isVisible();
    browser.shoot("datasets");
    page.navigate(house.url());
    assertThat(page.getByText("on the test split")).isVisible();
    browser.shoot("home");
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }
}
