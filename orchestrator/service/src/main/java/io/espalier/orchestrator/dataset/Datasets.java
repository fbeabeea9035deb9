package io.espalier.orchestrator.dataset;

import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.parameter;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.datasets.Split;
import io.espalier.datasets.gate.DatasetGate;
import io.espalier.datasets.gate.Inspection;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.wire.Blob;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Json;
import io.espalier.orchestrator.database.Printable;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import io.espalier.orchestrator.page.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Registers data sets and finds them again. */
public final class Datasets {

  private static final int LONGEST_NAME = 200;

  private static final String VERSION =
      """
      select v.id, v.dataset_id, v.team_id, d.name, v.number, v.sha256, v.layout, b.bytes, v.train_samples,
        v.validation_samples, v.test_samples, v.report::text as report, u.display_name, v.created_at
      from dataset_version v
      join dataset d on d.id = v.dataset_id
      join blob b on b.sha256 = v.sha256
      join app_user u on u.id = v.created_by
      """;

  private static final String VIEW =
      """
      select d.id, d.team_id, t.name as team_name, d.name, d.created_at,
        v.id as version_id, v.number, jsonb_array_length(v.report -> 'classes') as classes,
        v.train_samples, v.validation_samples, v.test_samples, b.bytes, v.created_at as version_at
      from dataset d
      join team t on t.id = d.team_id
      join lateral (
        select * from dataset_version v where v.dataset_id = d.id order by v.number desc limit 1
      ) v on true
      join blob b on b.sha256 = v.sha256
      """;

  private final Transactions transactions;
  private final BlobStore blobs;
  private final Audit audit;
  private final DatasetGate gate;

  public Datasets(Transactions transactions, BlobStore blobs, Audit audit, DatasetGate gate) {
    this.transactions = transactions;
    this.blobs = blobs;
    this.audit = audit;
    this.gate = gate;
  }

  /**
   * A first look at an upload, so that a person can confirm or change its layout. Keeps nothing.
   */
  public Inspection inspect(Principal principal, UUID team, Path upload) {
    principal.require(team, Role.MEMBER);
    try {
      return gate.inspect(upload);
    } catch (IOException e) {
      throw new UncheckedIOException("The upload cannot be read", e);
    }
  }

  /**
   * Registers an upload in the layout that it seems to have.
   *
   * @throws Refused when that cannot be told
   */
  public Registration register(Principal principal, UUID team, String name, Path upload) {
    var inspection = inspect(principal, team, upload);
    var layout = inspection.layout();
    if (layout == null) throw new Refused(inspection.problems().getFirst());
    return register(principal, team, name, upload, layout);
  }

  /**
   * Checks an upload and stores it as the next version of the team's data set {@code name}, which
   * is begun if there is none. Takes about a second per thousand images.
   *
   * @param upload the caller's, before and after
   * @param layout how samples are found in it; the same file in another layout is another version
   */
  public Registration register(
      Principal principal, UUID team, String name, Path upload, DataLayout layout) {
    principal.require(team, Role.MEMBER);
    var stripped = name.strip();
    requireName(stripped);
    try {
      var report = gate.check(upload, layout);
      if (!report.blocking().isEmpty()) return new Registration.Rejected(report);
      var blob = store(upload);
      try {
        return transactions.as(
            principal, jdbc -> insert(jdbc, principal, team, stripped, blob, layout, report));
      } catch (RuntimeException e) {
        forget(blob, e);
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The upload cannot be read", e);
    }
  }

  private void forget(Blob blob, RuntimeException reason) {
    try {
      transactions.withoutTeam(jdbc -> {
        blobs.discardUnlisted(jdbc, blob);
        return true;
      });
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  /**
   * Newest first.
   *
   * @param nameContains a part of the name, in any case; empty for all
   */
  public Page<DatasetView> page(
      Principal principal, @Nullable UUID team, String nameContains, PageRequest page) {
    if (team != null) principal.require(team, Role.VIEWER);
    var after = page.after() == null ? null : Position.parse(page.after());
    var views =
        transactions.as(
            principal,
            jdbc ->
                jdbc.sql(
                        VIEW
                            + """
                            where (:team::uuid is null or d.team_id = :team::uuid)
                              and position(lower(:part) in lower(d.name)) > 0
                              and (:at::timestamptz is null
                                   or (d.created_at, d.id) < (:at::timestamptz, :id::uuid))
                            order by d.created_at desc, d.id desc limit :limit
                            """)
                    .param("team", team)
                    .param("part", nameContains)
                    .param("at", after == null ? null : parameter(after.at()))
                    .param("id", after == null ? null : after.id())
                    .param("limit", page.size() + 1)
                    .query((row, _) -> view(row))
                    .list());
    if (views.size() <= page.size()) return new Page<>(views, null);
    var shown = views.subList(0, page.size());
    var last = shown.getLast();
    return new Page<>(shown, new Position(last.createdAt(), last.id()).toString());
  }

  /** Newest first. */
  public List<DatasetVersion> versions(Principal principal, UUID dataset) {
    var versions =
        transactions.as(
            principal,
            jdbc ->
                jdbc.sql(VERSION + " where v.dataset_id = :dataset order by v.number desc")
                    .param("dataset", dataset)
                    .query((row, _) -> version(row))
                    .list());
    if (versions.isEmpty()) throw Absent.of("dataset", dataset);
    return versions;
  }

  public DatasetVersion version(Principal principal, UUID version) {
    return transactions
        .as(principal, jdbc -> find(jdbc, version))
        .orElseThrow(() -> Absent.of("dataset version", version));
  }

  private Blob store(Path upload) throws IOException {
    try (var content = Files.newInputStream(upload)) {
      return blobs.put(content, Files.size(upload));
    }
  }

  private Registration insert(
      JdbcClient jdbc,
      Principal principal,
      UUID team,
      String name,
      Blob blob,
      DataLayout layout,
      DatasetReport report) {
    blobs.list(jdbc, blob);
    var dataset = dataset(jdbc, principal, team, name);
    var known = known(jdbc, dataset, blob.sha256(), layout);
    if (known.isPresent()) return new Registration.Accepted(known.get(), false);
    var id = UUID.randomUUID();
    jdbc.sql(
            """
            insert into dataset_version (id, team_id, dataset_id, number, sha256, layout, report,
              train_samples, validation_samples, test_samples, created_by)
            select :id, :team, :dataset, coalesce(max(number), 0) + 1, :sha256, :layout::jsonb,
              :report::jsonb,
              :train, :validation, :test, :user
            from dataset_version where dataset_id = :dataset
            """)
        .param("id", id)
        .param("team", team)
        .param("dataset", dataset)
        .param("sha256", blob.sha256())
        .param("layout", Json.write(layout))
        .param("report", Json.write(report))
        .param("train", report.count(Split.TRAIN))
        .param("validation", report.count(Split.VALIDATION))
        .param("test", report.count(Split.TEST))
        .param("user", principal.userId())
        .update();
    var version = find(jdbc, id).orElseThrow();
    audit.record(
        jdbc,
        principal.login(),
        team,
        "register",
        "dataset version " + id,
        Map.of("name", name, "number", version.number(), "sha256", blob.sha256()));
    return new Registration.Accepted(version, true);
  }

  /** The team's data set of this name, locked against other registrations until the commit. */
  private static UUID dataset(JdbcClient jdbc, Principal principal, UUID team, String name) {
    jdbc.sql(
            """
            insert into dataset (team_id, name, created_by) values (:team, :name, :user)
            on conflict (team_id, name) do nothing
            """)
        .param("team", team)
        .param("name", name)
        .param("user", principal.userId())
        .update();
    var id =
        jdbc.sql("select id from dataset where team_id = :team and name = :name")
            .param("team", team)
            .param("name", name)
            .query((row, _) -> uuid(row, "id"))
            .single();
    // Not a row lock: the application's role may not change data sets, so it may not lock them.
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended(:dataset::text, 0))")
        .param("dataset", id)
        .query(_ -> {});
    return id;
  }

  private static Optional<DatasetVersion> known(
      JdbcClient jdbc, UUID dataset, String sha256, DataLayout layout) {
    return jdbc.sql(
            VERSION
                + """
                where v.dataset_id = :dataset and v.sha256 = :sha256 and v.layout = :layout::jsonb
                """)
        .param("dataset", dataset)
        .param("sha256", sha256)
        .param("layout", Json.write(layout))
        .query((row, _) -> version(row))
        .optional();
  }

  private static Optional<DatasetVersion> find(JdbcClient jdbc, UUID version) {
    return jdbc.sql(VERSION + " where v.id = :id")
        .param("id", version)
        .query((row, _) -> version(row))
        .optional();
  }

  private static DatasetVersion version(ResultSet row) throws SQLException {
    return new DatasetVersion(
        uuid(row, "id"),
        uuid(row, "dataset_id"),
        uuid(row, "team_id"),
        row.getString("name"),
        row.getInt("number"),
        row.getString("sha256"),
        Json.read(row.getString("layout"), DataLayout.class),
        row.getLong("bytes"),
        row.getInt("train_samples"),
        row.getInt("validation_samples"),
        row.getInt("test_samples"),
        Json.read(row.getString("report"), DatasetReport.class),
        row.getString("display_name"),
        instant(row, "created_at"));
  }

  private static DatasetView view(ResultSet row) throws SQLException {
    return new DatasetView(
        uuid(row, "id"),
        uuid(row, "team_id"),
        row.getString("team_name"),
        row.getString("name"),
        instant(row, "created_at"),
        new DatasetView.Newest(
            uuid(row, "version_id"),
            row.getInt("number"),
            row.getInt("classes"),
            row.getInt("train_samples"),
            row.getInt("validation_samples"),
            row.getInt("test_samples"),
            row.getLong("bytes"),
            instant(row, "version_at")));
  }

  private static void requireName(String name) {
    if (name.isEmpty()
        || name.length() > LONGEST_NAME
        || !Printable.line(name, LONGEST_NAME).equals(name)) {
      throw new Refused(
          Problem.of(
                  "dataset-name",
                  Category.INVALID,
                  "name",
                  "The data set cannot have this name.",
                  "Choose another one.")
              .found(name.length() + " characters")
              .allowed("1 to " + LONGEST_NAME + " printable characters"));
    }
  }
}
