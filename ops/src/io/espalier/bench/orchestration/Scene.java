package io.espalier.bench.orchestration;

import io.espalier.house.Admin;
import io.espalier.house.Database;
import io.espalier.house.Installation;
import io.espalier.house.Node;
import io.espalier.house.Rest;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import tools.jackson.databind.JsonNode;

/** One platform on a database of its own, with teams that can submit; all of it goes at the end. */
final class Scene implements AutoCloseable {

  private static final int IMAGES_PER_CLASS = 20;
  private static final String NOBODYS = "nobodys";

  final Installation installation;
  final Path folder;
  final Database database;
  final Node node;
  final Admin admin;
  final Clones clones;
  final List<Admin.Team> teams = new ArrayList<>();

  /** A job of each team but the first that nothing ever runs: others are made like it. */
  final List<String> templates = new ArrayList<>();

  private Scene(
      Installation installation, Path folder, Database database, Node node, Admin admin) {
    this.installation = installation;
    this.folder = folder;
    this.database = database;
    this.node = node;
    this.admin = admin;
    this.clones = new Clones(database);
  }

  static Scene open(Installation installation, int teams) throws Exception {
    var folder = Files.createTempDirectory("espalier-bench-");
    var database = Database.start(installation, folder.resolve("database"));
    var settings = new java.util.LinkedHashMap<>(database.settings());
    // How long each plan took is told at this level only.
    settings.put("LOGGING_LEVEL_IO_ESPALIER_ORCHESTRATOR_SCHEDULE", "debug");
    var node = new Node("node", installation, folder, Installation.freePort(), settings);
    try {
      node.start();
      node.awaitReady();
      var scene =
          new Scene(
              installation, folder, database, node, Admin.setUp(node.url(), node.setUpCode()));
      scene.furnish(teams);
      return scene;
    } catch (Exception e) {
      node.close();
      database.close();
      throw e;
    }
  }

  private void furnish(int count) throws Exception {
    Path images = folder.resolve("images.zip");
    drawImages(images);
    for (int i = 0; i < count; i++) {
      teams.add(admin.team(node.url(), "team " + i, 100_000, images));
      if (i > 0) templates.add(submit(rest(), teams.getLast()));
    }
    // No agent has joined yet, so they all wait for their first slot.
    clones.run("insert into pool (name) values ('" + NOBODYS + "')");
    clones.run("update task set pool = '" + NOBODYS + "'");
  }

  Rest rest() {
    return admin.at(node.url());
  }

  /** The id of a job that waits for its first slot. */
  String submit(Rest rest, Admin.Team team) throws IOException, InterruptedException, Rest.Refusal {
    return submit(rest, team, UUID.randomUUID().toString()).path("id").asString();
  }

  JsonNode submit(Rest rest, Admin.Team team, String key)
      throws IOException, InterruptedException, Rest.Refusal {
    return rest.postOnce("jobs", team.job("full", 0.1, 1), key);
  }

  /** Two classes of one colour each: nobody trains on them. */
  private static void drawImages(Path zip) throws IOException {
    try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (var kind : Map.of("oak", 0x00ff00, "elm", 0x0000ff).entrySet()) {
        for (int i = 0; i < IMAGES_PER_CLASS; i++) {
          var image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
          for (int at = 0; at < 32 * 32; at++) {
            image.setRGB(at % 32, at / 32, kind.getValue() ^ (at * (i + 1) & 0x3f3f3f));
          }
          out.putNextEntry(new ZipEntry(kind.getKey() + "/" + i + ".png"));
          write(image, out);
          out.closeEntry();
        }
      }
    }
  }

  private static void write(BufferedImage image, OutputStream out) throws IOException {
    var bytes = new java.io.ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    bytes.writeTo(out);
  }

  @Override
  public void close() throws Exception {
    node.close();
    database.close();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
