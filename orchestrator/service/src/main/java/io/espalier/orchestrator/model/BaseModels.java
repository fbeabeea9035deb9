package io.espalier.orchestrator.model;

import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.uuid;
import static io.espalier.orchestrator.database.Columns.uuidOrNull;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.selection.ModelFacts;
import io.espalier.domain.wire.Blob;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.models.family.Families;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Json;
import io.espalier.orchestrator.database.Printable;
import io.espalier.orchestrator.database.Transactions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;

/** Takes base models in, and finds them again. */
public final class BaseModels {

  private static final int LONGEST_NAME = 200;
  private static final TypeReference<List<String>> NOTES = new TypeReference<>() {};

  private static final String MODEL =
      """
      select m.id, m.team_id, m.name, m.family, m.parameters, m.facts::text as facts,
        m.config::text as config, m.card, m.notes::text as notes, m.created_at,
        (select coalesce(sum(b.bytes), 0) from base_model_file f join blob b on b.sha256 = f.sha256
         where f.model_id = m.id) as bytes
      from base_model m
      """;

  private final Transactions transactions;
  private final BlobStore blobs;
  private final Audit audit;

  public BaseModels(Transactions transactions, BlobStore blobs, Audit audit) {
    this.transactions = transactions;
    this.blobs = blobs;
    this.audit = audit;
  }

  /**
   * Makes sure that the platform offers the model in {@code folder}, which is shipped with it, to
   * all teams. Weights that changed with an upgrade become a model of their own, since jobs refer
   * to the old ones.
   */
  public BaseModel ensureStarter(Path folder, String name) {
    var read = read(folder);
    var files = store(read);
    return transactions.withoutTeam(jdbc -> {
      // Two nodes may start at the same time.
      jdbc.sql("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
          .param("name", name)
          .query(_ -> {});
      var known = byName(jdbc, name);
      if (known.isEmpty()) return insert(jdbc, null, name, read, files, "platform");
      if (new HashSet<>(files(jdbc, known.get().id())).equals(new HashSet<>(files))) {
        return known.get();
      }
      var newer = name + "-" + fingerprint(files);
      return byName(jdbc, newer)
          .orElseGet(() -> insert(jdbc, null, newer, read, files, "platform"));
    });
  }

  /** Takes the model in {@code folder} in for a team; a platform admin may offer it to all. */
  public BaseModel importFolder(
      Principal principal, @Nullable UUID team, String name, Path folder) {
    requireMayImport(principal, team);
    var stripped = requireName(name);
    var read = read(folder);
    var files = store(read);
    try {
      return transactions.as(
          principal, jdbc -> insert(jdbc, team, stripped, read, files, principal.login()));
    } catch (RuntimeException e) {
      forget(files, e);
      throw e;
    }
  }

  private void forget(List<NamedBlob> files, RuntimeException reason) {
    try {
      transactions.withoutTeam(jdbc -> {
        for (var file : inLockOrder(files)) blobs.discardUnlisted(jdbc, file.blob());
        return true;
      });
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  /** One order for all who lock several contents. */
  private static List<NamedBlob> inLockOrder(List<NamedBlob> files) {
    return files.stream().sorted(Comparator.comparing(file -> file.blob().sha256())).toList();
  }

  /** The same for a zip of such a folder. */
  public BaseModel importZip(Principal principal, @Nullable UUID team, String name, Path zip) {
    requireMayImport(principal, team);
    try (var unpacked = Unpacked.of(zip)) {
      return importFolder(principal, team, name, unpacked.folder());
    } catch (IOException e) {
      throw new UncheckedIOException("The model cannot be unpacked", e);
    }
  }

  /** Those of the platform first, then those of the caller's teams, by name. */
  public List<BaseModel> list(Principal principal) {
    return transactions.as(
        principal,
        jdbc ->
            jdbc.sql(MODEL + " order by m.team_id is not null, m.name, m.id")
                .query((row, _) -> model(row))
                .list());
  }

  public BaseModelDetails get(Principal principal, UUID id) {
    return transactions
        .as(
            principal,
            jdbc ->
                jdbc.sql(MODEL + " where m.id = :id")
                    .param("id", id)
                    .query((row, _) ->
                        new BaseModelDetails(
                            model(row),
                            row.getString("card"),
                            row.getString("config"),
                            files(jdbc, id)))
                    .optional())
        .orElseThrow(() -> Absent.of("base model", id));
  }

  private static void requireMayImport(Principal principal, @Nullable UUID team) {
    if (team == null) {
      principal.requirePlatformAdmin();
    } else {
      principal.require(team, Role.MEMBER);
    }
  }

  private static ModelFolder read(Path folder) {
    try {
      return ModelFolder.read(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("The model folder cannot be read: " + folder, e);
    }
  }

  private List<NamedBlob> store(ModelFolder folder) {
    var stored = new ArrayList<NamedBlob>();
    for (var file : folder.files()) {
      try (var content = Files.newInputStream(file)) {
        var blob = blobs.put(content, Files.size(file));
        stored.add(new NamedBlob(String.valueOf(file.getFileName()), blob));
      } catch (IOException e) {
        throw new UncheckedIOException("The model file cannot be read: " + file, e);
      }
    }
    return stored;
  }

  private BaseModel insert(
      JdbcClient jdbc,
      @Nullable UUID team,
      String name,
      ModelFolder folder,
      List<NamedBlob> files,
      String actor) {
    var id = UUID.randomUUID();
    var facts = folder.facts();
    try {
      jdbc.sql(
              """
              insert into base_model (id, team_id, name, family, parameters, config, facts, card, notes)
              values (:id, :team, :name, :family, :parameters, :config::jsonb, :facts::jsonb, :card,
                :notes::jsonb)
              """)
          .param("id", id)
          .param("team", team)
          .param("name", name)
          .param("family", facts.family())
          .param("parameters", facts.parameters())
          .param("config", folder.config().json().toString())
          .param("facts", Json.write(facts))
          .param("card", Printable.text(folder.card()))
          .param("notes", Json.write(folder.notes()))
          .update();
    } catch (DuplicateKeyException e) {
      throw new Refused(
          Problem.of(
                  "model-exists",
                  Category.CONFLICT,
                  "name",
                  "There is a base model of this name.",
                  "Choose another name.")
              .found(name),
          e);
    }
    for (var file : inLockOrder(files)) {
      blobs.list(jdbc, file.blob());
      jdbc.sql(
              """
              insert into base_model_file (model_id, name, sha256) values (:model, :name, :sha256)
              """)
          .param("model", id)
          .param("name", file.name())
          .param("sha256", file.blob().sha256())
          .update();
    }
    var hashes =
        files.stream().collect(Collectors.toMap(NamedBlob::name, file -> file.blob().sha256()));
    audit.record(
        jdbc, actor, team, "import", "base model " + id, Map.of("name", name, "files", hashes));
    return jdbc.sql(MODEL + " where m.id = :id")
        .param("id", id)
        .query((row, _) -> model(row))
        .single();
  }

  private static Optional<BaseModel> byName(JdbcClient jdbc, String name) {
    return jdbc.sql(MODEL + " where m.team_id is null and m.name = :name")
        .param("name", name)
        .query((row, _) -> model(row))
        .optional();
  }

  private static List<NamedBlob> files(JdbcClient jdbc, UUID model) {
    return jdbc.sql(
            """
            select f.name, f.sha256, b.bytes
            from base_model_file f join blob b on b.sha256 = f.sha256
            where f.model_id = :model order by f.name
            """)
        .param("model", model)
        .query((row, _) ->
            new NamedBlob(
                row.getString("name"), new Blob(row.getString("sha256"), row.getLong("bytes"))))
        .list();
  }

  /** Short, and different for different files. */
  private static String fingerprint(List<NamedBlob> files) {
    var lines = new StringBuilder();
    for (var file : files) {
      lines.append(file.name()).append(' ').append(file.blob().sha256()).append('\n');
    }
    var id = UUID.nameUUIDFromBytes(lines.toString().getBytes(UTF_8));
    return id.toString().substring(0, 8);
  }

  private static BaseModel model(ResultSet row) throws SQLException {
    return new BaseModel(
        uuid(row, "id"),
        uuidOrNull(row, "team_id"),
        row.getString("name"),
        row.getString("family"),
        Families.modality(row.getString("family")),
        row.getLong("parameters"),
        Json.read(row.getString("facts"), ModelFacts.class),
        row.getLong("bytes"),
        Json.read(row.getString("notes"), NOTES),
        instant(row, "created_at"));
  }

  private static String requireName(String name) {
    var stripped = name.strip();
    if (stripped.isEmpty()
        || stripped.length() > LONGEST_NAME
        || !Printable.line(stripped, LONGEST_NAME).equals(stripped)) {
      throw new Refused(
          Problem.of(
                  "model-name",
                  Category.INVALID,
                  "name",
                  "The model cannot have this name.",
                  "Choose another one.")
              .found(stripped.length() + " characters")
              .allowed("1 to " + LONGEST_NAME + " printable characters"));
    }
    return stripped;
  }
}
