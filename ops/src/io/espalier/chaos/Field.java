package io.espalier.chaos;

import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.selection.Estimate;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.house.Admin;
import io.espalier.house.Database;
import io.espalier.house.Installation;
import io.espalier.house.Node;
import io.espalier.house.Rest;
import io.espalier.house.TcpProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything that runs, and the wires in between: two platform nodes on one PostgreSQL, and GPU
 * hosts that reach whichever node answers. It can be left and entered again: its folder has all.
 */
final class Field implements AutoCloseable {

  static final int FENCE_SECONDS = 9;

  private static final int NODES = 2;
  private static final int HOSTS = 3;
  private static final long DISK_BYTES = 96L << 20;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Seconds where a site has minutes. */
  private static final Map<String, String> SHORT_TIMES =
      Map.of(
          "ESPALIER_HEARTBEAT", "1s",
          "ESPALIER_LEASE_STOP_AFTER", "6s",
          "ESPALIER_LEASE_REGRANT_AFTER", FENCE_SECONDS + "s",
          "ESPALIER_LEASE_SLICE", "20s",
          "ESPALIER_AGENT_SILENCE", "4s");

  final Path folder;
  final Installation installation;
  final Database database;
  final List<TcpProxy> databaseWires = new ArrayList<>();
  final List<Node> nodes = new ArrayList<>();
  final List<GpuHost> hosts = new ArrayList<>();
  Admin admin;
  Admin.Team team;

  private Field(Installation installation, Path folder, Database database) {
    this.installation = installation;
    this.folder = folder;
    this.database = database;
  }

  static Field enter(Installation installation, Path folder) throws Exception {
    Files.createDirectories(folder.resolve("ticks"));
    var database = Database.start(installation, folder.resolve("database"));
    var field = new Field(installation, folder, database);
    try {
      field.startNodes();
      field.furnish();
      field.startHosts();
      return field;
    } catch (Exception | Error e) {
      field.close();
      throw e;
    }
  }

  private void startNodes() throws IOException, InterruptedException {
    for (int i = 0; i < NODES; i++) {
      var wire = new TcpProxy(List.of(database.port()), "");
      databaseWires.add(wire);
      var settings = new LinkedHashMap<>(database.settingsThrough(wire.port()));
      settings.putAll(SHORT_TIMES);
      var node =
          new Node("node" + (i + 1), installation, folder, Installation.freePort(), settings);
      nodes.add(node);
      node.start();
      node.awaitReady(); // the first brings the schema up to date
    }
  }

  List<URI> urls() {
    return nodes.stream().map(Node::url).toList();
  }

  Rest rest() {
    return admin.at(nodes.getFirst().url());
  }

  private void furnish() throws Exception {
    Path known = folder.resolve("furnished.json");
    if (Files.exists(known)) {
      JsonNode facts = JSON.readTree(Files.readAllBytes(known));
      admin = Admin.withToken(facts.path("token").asString());
      team =
          new Admin.Team(
              facts.path("team").asString(),
              facts.path("model").asString(),
              facts.path("version").asString());
      return;
    }
    var url = nodes.getFirst().url();
    admin = Admin.setUp(url, nodes.getLast().setUpCode()); // each start makes a new code
    Path images = folder.resolve("images.zip");
    installation.drawImages(images, 20);
    team = admin.team(url, "chaos", 100_000, images);
    Files.write(folder.resolve("profiled.json"), line(profiled()));
    Files.write(folder.resolve("evaluated.json"), line(evaluated()));
    Files.write(
        known,
        JSON.writeValueAsBytes(
            Map.of(
                "token", admin.token(),
                "team", team.id(),
                "model", team.model(),
                "version", team.version())));
  }

  private static byte[] line(TrainerEvent event) {
    return (JSON.writerFor(TrainerEvent.class).writeValueAsString(event) + "\n").getBytes();
  }

  private void startHosts() throws Exception {
    var ports = nodes.stream().map(Node::port).toList();
    for (int i = 0; i < HOSTS; i++) {
      // Each prefers another node, and goes to the next when that one does not answer.
      var inOrder = new ArrayList<>(ports.subList(i % NODES, NODES));
      inOrder.addAll(ports.subList(0, i % NODES));
      String name = "host" + (i + 1);
      boolean joined = Files.exists(folder.resolve(name));
      var host =
          new GpuHost(
              name,
              installation,
              folder,
              new TcpProxy(inOrder, "POST /agent/v1/events"),
              List.of(
                  installation.root().resolve("ops/src/io/espalier/chaos/apprentice.sh").toString(),
                  folder.toString(),
                  installation.root().resolve("ops/trainer").toString()),
              i == HOSTS - 1 ? DISK_BYTES : 0);
      hosts.add(host);
      host.start(joined && !host.hasOwnDisk() ? Optional.empty() : Optional.of(joinToken(name)));
    }
  }

  private String joinToken(String host) throws Exception {
    // A host whose disk was in memory has lost its credential with it, and its name is taken.
    try (var connection = database.connect();
        var statement = connection.prepareStatement("update agent set name = name || ' ' || id where name = ?")) {
      statement.setString(1, host);
      statement.executeUpdate();
    }
    return rest()
        .post("agents/join-tokens", Map.of())
        .path("command")
        .asString()
        .replaceAll(".* --join ", "");
  }

  private static TrainerEvent profiled() {
    return new TrainerEvent.Profiled(
        Instant.EPOCH,
        new DataProfile(
            List.of("oak", "elm"),
            List.of(1000, 1000),
            2000,
            400,
            600,
            0,
            0,
            0.5,
            new Estimate(0.75, 0.01),
            new Estimate(0.55, 0.01),
            0.7,
            2000,
            64,
            0.001,
            Map.of(Protocol.LORA, 0.05, Protocol.LAYER_WISE, 0.06, Protocol.FULL, 0.06),
            800_000,
            List.of()));
  }

  private static TrainerEvent evaluated() {
    return new TrainerEvent.Evaluated(
        Instant.EPOCH,
        "accuracy",
        0.25,
        0.9,
        0.25,
        100,
        List.of("oak", "elm"),
        List.of(List.of(45, 5), List.of(5, 45)),
        List.of(),
        1e-6,
        List.of());
  }

  @Override
  public void close() throws Exception {
    for (GpuHost host : hosts) host.close();
    for (Node node : nodes) node.close();
    for (TcpProxy wire : databaseWires) wire.close();
    database.close();
  }
}
