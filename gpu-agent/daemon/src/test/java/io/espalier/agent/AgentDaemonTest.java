package io.espalier.agent;

import static io.espalier.agent.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.agent.host.ProcessMark;
import io.espalier.agent.lease.Leases;
import io.espalier.domain.agent.Patience;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello.RunningLease;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent.Checkpoint;
import io.espalier.domain.wire.TrainerEvent.Failed;
import io.espalier.domain.wire.TrainerEvent.Log;
import io.espalier.domain.wire.TrainerEvent.Metrics;
import io.espalier.domain.wire.TrainerEvent.Started;
import io.espalier.domain.wire.TrainerEvent.Trained;
import io.espalier.domain.wire.TrainerEvent.Yielded;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a whole, between a platform over HTTP and trainers that are real processes. */
class AgentDaemonTest {

  private static final Patience LITTLE_PATIENCE =
      new Patience(Duration.ofSeconds(20), Duration.ofMillis(300), Duration.ofSeconds(20));

  @TempDir Path folder;
  private Path state;
  private FakePlatform platform;
  private NamedBlob model;
  private final List<AgentDaemon> daemons = new ArrayList<>();
  private final List<Exception> failures = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws IOException {
    state = folder.resolve("state");
    platform = new FakePlatform();
    var weights = new byte[300_000];
    new Random(7).nextBytes(weights);
    model = platform.hold("model/weights.bin", weights);
  }

  @AfterEach
  void leaveNothingBehind() throws Exception {
    daemons.forEach(AgentDaemon::end);
    Leases.endTrainers(state.resolve("leases"), Duration.ZERO);
    platform.close();
    assertThat(platform.breaches()).isEmpty();
    assertThat(failures).isEmpty();
  }

  // ── Joining ───────────────────────────────────────────────────────────────────────────────────

  @Test
  void enrolsOnceAndKeepsTheCredentialToItself() throws Exception {
    var first = daemonWithTrainer("steady");
    eventually("hello", () -> platform.hellos().size() == 1);
    first.end();
    daemonWithTrainer("steady");
    eventually("second hello", () -> platform.hellos().size() == 2);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(state.resolve("credential.json"))))
        .isEqualTo("rw-------");
  }

  @Test
  void offersOneSlotOfTheProcessorWithItsMemory() throws Exception {
    daemonWithTrainer("steady");
    eventually("hello", () -> !platform.hellos().isEmpty());
    var hello = platform.hellos().getFirst();
    assertThat(hello.slots()).hasSize(1);
    assertThat(hello.slots().getFirst().pool()).isEqualTo("cpu");
    assertThat(hello.slots().getFirst().memoryBytes()).isGreaterThan(100L << 20);
    assertThat(hello.host().cores()).isEqualTo(Runtime.getRuntime().availableProcessors());
  }

  @Test
  void waitsForAPlatformThatIsNotThereYet() throws Exception {
    platform.goAway();
    daemonWithTrainer("steady");
    Thread.sleep(500);
    platform.comeBack();
    eventually("hello", () -> !platform.hellos().isEmpty());
  }

  @Test
  void saysWhatToDoWhenTheJoinTokenIsNotTaken() {
    var options = options("steady", "--join", "stale");
    assertThatThrownBy(() -> new AgentDaemon(options, LITTLE_PATIENCE).run())
        .isInstanceOf(Refused.class)
        .hasMessageContaining("ask a platform admin for a new one");
  }

  @Test
  void enrolsAgainWithANewTokenWhenItsCredentialIsRefused() throws Exception {
    Path tokenFile = Files.writeString(folder.resolve("token"), FakePlatform.JOIN_TOKEN + "\n");
    daemon(options("steady", "--join-file", tokenFile.toString()));
    eventually("hello", () -> !platform.hellos().isEmpty());
    platform.forgetCredential();
    platform.accept("another");
    Files.writeString(tokenFile, "another");
    int before = platform.heartbeats();
    eventually("heartbeats again", () -> platform.heartbeats() > before + 2);
  }

  @Test
  void leavesAtOnceWhenAnotherDaemonHasTheFolder() throws Exception {
    daemonWithTrainer("steady");
    eventually("hello", () -> !platform.hellos().isEmpty());
    assertThat(new AgentDaemon(options("steady"), LITTLE_PATIENCE).run()).isFalse();
  }

  // ── Running a task ────────────────────────────────────────────────────────────────────────────

  @Test
  void runsATaskAndUploadsFilesBeforeItReportsThem() throws Exception {
    daemonWithTrainer("steady");
    Desired.Lease lease = aLease();
    platform.desire(lease);
    eventually("curve", () -> platform.told(lease.leaseId(), Metrics.class).size() > 3);
    Files.createFile(work(lease).resolve("save"));
    eventually("checkpoint", () -> !platform.told(lease.leaseId(), Checkpoint.class).isEmpty());
    Files.createFile(work(lease).resolve("finish"));
    eventually("end", () -> platform.isOver(lease.leaseId()));

    // The platform notes a breach if an event comes before its files; here: the right file came.
    Trained trained = platform.told(lease.leaseId(), Trained.class).getFirst();
    assertThat(trained.files().getFirst().blob()).isEqualTo(model.blob());
    assertThat(platform.told(lease.leaseId(), Started.class)).hasSize(1);
    assertThat(steps(lease)).isEqualTo(upTo(trained.steps()));
    assertThat(platform.told(lease.leaseId(), Log.class))
        .extracting(Log::text)
        .contains("training in steady way");
    eventually("cleared", () -> Files.notExists(work(lease)));
  }

  @Test
  void fetchesAnInputOnceForAllLeases() throws Exception {
    daemonWithTrainer("steady");
    Desired.Lease first = aLease();
    Desired.Lease second = aLease();
    platform.desire(first);
    platform.desire(second);
    for (Desired.Lease lease : List.of(first, second)) {
      eventually("curve", () -> !platform.told(lease.leaseId(), Metrics.class).isEmpty());
      assertThat(work(lease).resolve("inputs/model/weights.bin")).hasSize(model.blob().bytes());
    }
    assertThat(platform.piecesSent(model)).isEqualTo(1);
  }

  @Test
  void throwsACorruptInputAwayAndFetchesItAgain() throws Exception {
    platform.corruptNextAnswers(model, 1);
    daemonWithTrainer("steady");
    Desired.Lease lease = aLease();
    platform.desire(lease);
    eventually("curve", () -> !platform.told(lease.leaseId(), Metrics.class).isEmpty());
    assertThat(platform.piecesSent(model)).isEqualTo(2);
    assertThat(
            FakePlatform.sha256(
                Files.readAllBytes(work(lease).resolve("inputs/model/weights.bin"))))
        .isEqualTo(model.blob().sha256());
  }

  @Test
  void namesAnInputThatStaysCorrupt() throws Exception {
    platform.corruptNextAnswers(model, 100);
    namesTheModelAsUnreadable();
  }

  @Test
  void namesAnInputThatThePlatformHasLost() throws Exception {
    platform.lose(model);
    namesTheModelAsUnreadable();
  }

  private void namesTheModelAsUnreadable() throws Exception {
    daemonWithTrainer("steady");
    Desired.Lease lease = aLease();
    platform.desire(lease);
    eventually("end", () -> platform.isOver(lease.leaseId()));
    Failed failed = platform.told(lease.leaseId(), Failed.class).getFirst();
    assertThat(failed.reason()).isEqualTo(FailureReason.INPUT_UNREADABLE);
    assertThat(failed.problem().thing()).isEqualTo("input " + model.name());
    assertThat(failed.problem().value()).isEqualTo(model.blob().sha256());
    assertThat(platform.told(lease.leaseId(), Started.class)).isEmpty();
  }

  @Test
  void givesTheTrainerNoSecrets() throws Exception {
    daemonWithTrainer("environment");
    Desired.Lease lease = aLease();
    platform.desire(lease);
    eventually("curve", () -> !platform.told(lease.leaseId(), Metrics.class).isEmpty());
    List<String> printed =
        platform.told(lease.leaseId(), Log.class).stream().map(Log::text).toList();
    assertThat(printed).contains("OMP_NUM_THREADS=1", "CUDA_VISIBLE_DEVICES=");
    assertThat(printed)
        .map(line -> line.replaceAll("=.*", ""))
        .isSubsetOf(
            "training in environment way",
            "PATH",
            "HOME",
            "LANG",
            "LC_ALL",
            "TMPDIR",
            "JAVA_HOME",
            "LD_LIBRARY_PATH",
            "XDG_CACHE_HOME",
            "DJL_CACHE_DIR",
            "ENGINE_CACHE_DIR",
            "OMP_NUM_THREADS",
            "OMP_WAIT_POLICY",
            "CUDA_VISIBLE_DEVICES",
            "PWD",
            "OLDPWD",
            "SHLVL",
            "_");
  }

  @Test
  void passesPrintedTextOnWithoutItsTerminalSequences() throws Exception {
    daemonWithTrainer("escaping");
    Desired.Lease lease = aLease();
    platform.desire(lease);
    eventually("log", () -> platform.told(lease.leaseId(), Log.class).size() > 1);
    assertThat(platform.told(lease.leaseId(), Log.class))
        .extracting(Log::text)
        .contains("red and a bell ");
  }

  // ── Trainers that do not behave ───────────────────────────────────────────────────────────────

  @Test
  void reportsATrainerThatWasKilledAsLostWithItsLastWords() throws Exception {
    daemonWithTrainer("dying");
    Desired.Lease lease = aLease();
    platform.desire(lease);
    eventually("end", () -> platform.isOver(lease.leaseId()));
    Failed failed = platform.told(lease.leaseId(), Failed.class).getFirst();
    assertThat(failed.reason()).isEqualTo(FailureReason.LOST);
    assertThat(failed.problem().message()).contains("exit code 137");
    assertThat(failed.problem().value()).contains("cannot go on: out of luck");
  }

  @Test
  void reportsATrainerCommandThatDoesNotExist() throws Exception {
    daemon(options(List.of("/no/such/trainer"), "--join", FakePlatform.JOIN_TOKEN));
    Desired.Lease lease = aLease();
    platform.desire(lease);
    eventually("end", () -> platform.isOver(lease.leaseId()));
    assertThat(platform.told(lease.leaseId(), Failed.class).getFirst().problem().value())
        .contains("/no/such/trainer");
  }

  @Test
  void uploadsNothingFromOutsideTheWorkFolder() throws Exception {
    daemonWithTrainer("stray-file");
    Desired.Lease lease = aLease();
    platform.desire(lease);
    eventually("end", () -> platform.isOver(lease.leaseId()));
    assertThat(platform.told(lease.leaseId(), Failed.class).getFirst().problem().value())
        .contains("no name inside the work folder");
    byte[] secret = Files.readAllBytes(state.resolve("credential.json"));
    assertThat(platform.holds(FakePlatform.sha256(secret))).isFalse();
  }

  @Test
  void goesOnAfterACheckpointThatIsNotThere() throws Exception {
    daemonWithTrainer("false-checkpoint");
    Desired.Lease lease = aLease();
    platform.desire(lease);
    eventually("curve", () -> !platform.told(lease.leaseId(), Metrics.class).isEmpty());
    assertThat(platform.told(lease.leaseId(), Checkpoint.class)).isEmpty();
    assertThat(platform.told(lease.leaseId(), Log.class)).extracting(Log::level).contains("WARN");
  }

  @Test
  void goesOnAfterALineThatIsNoEvent() throws Exception {
    daemonWithTrainer("bad-line");
    Desired.Lease lease = aLease();
    platform.desire(lease);
    eventually("curve", () -> !platform.told(lease.leaseId(), Metrics.class).isEmpty());
    assertThat(platform.told(lease.leaseId(), Log.class))
        .extracting(Log::text)
        .anyMatch(text -> text.endsWith("not even JSON"));
  }

  @Test
  void reportsTheLastWordOnlyWhenTheProcessIsGone() throws Exception {
    daemonWithTrainer("lingering");
    Desired.Lease lease = aLease();
    platform.desire(lease);
    eventually("start", () -> Files.exists(work(lease).resolve("process")));
    ProcessMark trainer = trainer(lease);
    var leader = ProcessHandle.of(trainer.pid()).orElseThrow();
    eventually("descendants", () -> leader.descendants().anyMatch(this::isSleeping));
    ProcessHandle sleeper = leader.descendants().filter(this::isSleeping).findFirst().orElseThrow();
    eventually("end", () -> platform.isOver(lease.leaseId()));
    assertThat(trainer.isAlive()).isFalse();
    eventually("descendant ends", () -> !sleeper.isAlive());
    assertThat(platform.told(lease.leaseId()).getLast()).isInstanceOf(Yielded.class);
  }

  // ── What the platform wishes ──────────────────────────────────────────────────────────────────

  @Test
  void asksATrainerToYieldAfterACheckpoint() throws Exception {
    daemonWithTrainer("steady");
    Desired.Lease lease = aRunningLease();
    platform.wish(lease.leaseId(), Desired.Wish.YIELD);
    eventually("end", () -> platform.isOver(lease.leaseId()));
    int savedStep = platform.told(lease.leaseId(), Checkpoint.class).getLast().step();
    assertThat(platform.told(lease.leaseId(), Yielded.class).getFirst().step())
        .isEqualTo(savedStep);
  }

  @Test
  void killsATrainerThatIgnoresTermAndReportsItsLastCheckpoint() throws Exception {
    daemonWithTrainer("stubborn");
    Desired.Lease lease = aRunningLease();
    Files.createFile(work(lease).resolve("save"));
    eventually("checkpoint", () -> !platform.told(lease.leaseId(), Checkpoint.class).isEmpty());
    ProcessMark trainer = trainer(lease);
    platform.wish(lease.leaseId(), Desired.Wish.STOP);
    eventually("end", () -> platform.isOver(lease.leaseId()));
    assertThat(trainer.isAlive()).isFalse();
    assertThat(platform.told(lease.leaseId(), Yielded.class).getFirst().step())
        .isEqualTo(platform.told(lease.leaseId(), Checkpoint.class).getFirst().step());
  }

  @Test
  void yieldsALeaseWhoseInputsAreStillOnTheirWay() throws Exception {
    daemonWithTrainer("steady");
    Desired.Lease lease = aLease();
    platform.corruptNextAnswers(model, 2);
    platform.desire(lease);
    eventually("first piece", () -> platform.piecesSent(model) > 0);
    platform.wish(lease.leaseId(), Desired.Wish.YIELD);
    eventually("end", () -> platform.isOver(lease.leaseId()));
    assertThat(platform.told(lease.leaseId()).getLast()).isInstanceOf(Yielded.class);
  }

  @Test
  void killsTheTrainerWhenAnotherRunHasTheTask() throws Exception {
    daemonWithTrainer("stubborn");
    Desired.Lease lease = aRunningLease();
    ProcessMark trainer = trainer(lease);
    platform.refuse(lease.leaseId(), Events.Outcome.STALE_EPOCH);
    eventually("dead", () -> !trainer.isAlive());
    eventually("cleared", () -> Files.notExists(work(lease)));
    // Desired still lists it; a run that was fenced off does not begin again by itself.
    int before = platform.heartbeats();
    eventually("heartbeats", () -> platform.heartbeats() > before + 3);
    assertThat(work(lease)).doesNotExist();
  }

  @Test
  void killsTheTrainerWhenItsLeaseIsNoLongerDesired() throws Exception {
    daemonWithTrainer("stubborn");
    Desired.Lease lease = aRunningLease();
    ProcessMark trainer = trainer(lease);
    platform.noLongerDesire(lease.leaseId());
    eventually("dead", () -> !trainer.isAlive());
    eventually("cleared", () -> Files.notExists(work(lease)));
  }

  // ── Outages ───────────────────────────────────────────────────────────────────────────────────

  @Test
  void losesNothingWhileThePlatformIsAway() throws Exception {
    platform.renewFor(Duration.ofMinutes(1));
    daemonWithTrainer("steady");
    Desired.Lease lease = aRunningLease();
    platform.goAway();
    int before = steps(lease).size();
    Files.createFile(work(lease).resolve("save"));
    eventually("trainer goes on", () -> pointsWritten(lease) > before + 10);
    Files.createFile(work(lease).resolve("finish"));
    ProcessMark trainer = trainer(lease);
    eventually("trainer ends", () -> !trainer.isAlive());
    platform.comeBack();
    eventually("end", () -> platform.isOver(lease.leaseId()));
    Trained trained = platform.told(lease.leaseId(), Trained.class).getFirst();
    assertThat(steps(lease)).isEqualTo(upTo(trained.steps()));
    assertThat(platform.told(lease.leaseId(), Checkpoint.class)).hasSize(1);
  }

  /** A database that has gone, a proxy's page, one bad moment while leases are told one by one. */
  @Test
  void goesOnOverAnswersThatSayNothingOfItsLease() throws Exception {
    platform.renewFor(Duration.ofMinutes(1));
    daemonWithTrainer("steady");
    Desired.Lease lease = aRunningLease();
    ProcessMark trainer = trainer(lease);
    platform.answerReportsWith(302, 503, 400, 503);
    eventually("strange answers", platform::hasAnsweredStrangely);
    int before = steps(lease).size();
    eventually("news again", () -> steps(lease).size() > before + 10);
    assertThat(trainer.isAlive()).isTrue();
    assertThat(trainer(lease)).isEqualTo(trainer);
    assertThat(platform.hellos()).as("daemons that started").hasSize(1);
  }

  @Test
  void trainerYieldsAtItsDeadlineWhenThePlatformStaysAway() throws Exception {
    platform.renewFor(Duration.ofSeconds(2));
    daemonWithTrainer("steady");
    Desired.Lease lease = aRunningLease();
    ProcessMark trainer = trainer(lease);
    platform.goAway();
    Instant away = Instant.now();
    eventually("trainer ends", () -> !trainer.isAlive());
    assertThat(Duration.between(away, Instant.now())).isLessThan(Duration.ofSeconds(4));
    platform.comeBack();
    eventually("end", () -> platform.isOver(lease.leaseId()));
    assertThat(platform.told(lease.leaseId()).getLast()).isInstanceOf(Yielded.class);
    assertThat(platform.told(lease.leaseId(), Checkpoint.class)).isNotEmpty();
  }

  @Test
  void takesATrainerThatHaltsAtItsDeadlineAsYielded() throws Exception {
    platform.renewFor(Duration.ofSeconds(2));
    daemonWithTrainer("halting");
    Desired.Lease lease = aRunningLease();
    Files.createFile(work(lease).resolve("save"));
    eventually("checkpoint", () -> !platform.told(lease.leaseId(), Checkpoint.class).isEmpty());
    ProcessMark trainer = trainer(lease);
    platform.goAway();
    eventually("trainer halts", () -> !trainer.isAlive());
    platform.comeBack();
    eventually("end", () -> platform.isOver(lease.leaseId()));
    assertThat(platform.told(lease.leaseId(), Yielded.class).getFirst().step())
        .isEqualTo(platform.told(lease.leaseId(), Checkpoint.class).getFirst().step());
  }

  @Test
  void killsATrainerThatIgnoresItsDeadline() throws Exception {
    platform.renewFor(Duration.ofSeconds(1));
    daemon(
        options("stubborn", "--join", FakePlatform.JOIN_TOKEN),
        new Patience(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMillis(500)));
    Desired.Lease lease = aRunningLease();
    ProcessMark trainer = trainer(lease);
    platform.goAway();
    eventually("dead", () -> !trainer.isAlive());
    platform.comeBack();
    eventually("end", () -> platform.isOver(lease.leaseId()));
    assertThat(platform.told(lease.leaseId(), Failed.class).getFirst().reason())
        .isEqualTo(FailureReason.LOST);
  }

  @Test
  void renewsTheDeadlineWithEveryAcceptedReport() throws Exception {
    daemonWithTrainer("steady");
    Desired.Lease lease = aRunningLease();
    long first = deadline(lease);
    eventually("renewed", () -> deadline(lease) > first);
    assertThat(deadline(lease)).isLessThanOrEqualTo(System.currentTimeMillis() + 3_000);
  }

  @Test
  void trainsOnWhenTheDaemonEndsAndGoesOnWithTheNext() throws Exception {
    platform.renewFor(Duration.ofMinutes(1));
    AgentDaemon first = daemonWithTrainer("steady");
    Desired.Lease lease = aRunningLease();
    ProcessMark trainer = trainer(lease);
    first.end();
    int before = pointsWritten(lease);
    eventually("trainer goes on", () -> pointsWritten(lease) > before + 5);
    daemonWithTrainer("steady");
    int known = steps(lease).size();
    eventually("curve goes on", () -> steps(lease).size() > known + 5);
    assertThat(trainer.isAlive()).isTrue();
  }

  @Test
  void takesOverWhenTheDaemonIsKilled() throws Exception {
    platform.renewFor(Duration.ofMinutes(1));
    Process killed = daemonProcess();
    Desired.Lease lease = aLease();
    platform.desire(lease);
    eventually("curve", () -> platform.told(lease.leaseId(), Metrics.class).size() > 3);
    ProcessMark trainer = trainer(lease);
    killed.destroyForcibly().waitFor();

    int before = pointsWritten(lease);
    eventually("trainer goes on", () -> pointsWritten(lease) > before + 5);
    daemonWithTrainer("steady");
    eventually("hello", () -> platform.hellos().size() == 2);
    assertThat(platform.hellos().getLast().running())
        .containsExactly(new RunningLease(lease.leaseId(), lease.epoch()));
    Files.createFile(work(lease).resolve("finish"));
    eventually("end", () -> platform.isOver(lease.leaseId()));
    assertThat(trainer.isAlive()).isFalse();
    Trained trained = platform.told(lease.leaseId(), Trained.class).getFirst();
    assertThat(platform.told(lease.leaseId(), Started.class)).hasSize(1);
    assertThat(steps(lease)).isEqualTo(upTo(trained.steps()));
  }

  @Test
  void reportsWhatATrainerFinishedWhileNoDaemonWasThere() throws Exception {
    platform.renewFor(Duration.ofMinutes(1));
    AgentDaemon first = daemonWithTrainer("steady");
    Desired.Lease lease = aRunningLease();
    ProcessMark trainer = trainer(lease);
    first.end();
    Files.createFile(work(lease).resolve("finish"));
    eventually("trainer ends", () -> !trainer.isAlive());
    daemonWithTrainer("steady");
    eventually("end", () -> platform.isOver(lease.leaseId()));
    Trained trained = platform.told(lease.leaseId(), Trained.class).getFirst();
    assertThat(steps(lease)).isEqualTo(upTo(trained.steps()));
  }

  @Test
  void stopCommandEndsTheDaemonAndItsTrainers() throws Exception {
    Process daemon = daemonProcess();
    Desired.Lease lease = aRunningLease();
    ProcessMark trainer = trainer(lease);
    assertThat(java("stop", "--state", state.toString()).waitFor()).isZero();
    assertThat(daemon.waitFor(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    assertThat(trainer.isAlive()).isFalse();
  }

  // ── Words of these tests ──────────────────────────────────────────────────────────────────────

  private AgentDaemon daemonWithTrainer(String behaviour) {
    return daemon(options(behaviour, "--join", FakePlatform.JOIN_TOKEN));
  }

  private AgentDaemon daemon(AgentOptions options) {
    return daemon(options, LITTLE_PATIENCE);
  }

  private AgentDaemon daemon(AgentOptions options, Patience patience) {
    var daemon = new AgentDaemon(options, patience);
    daemons.add(daemon);
    Thread.ofPlatform()
        .name("daemon " + daemons.size())
        .start(() -> {
          try {
            daemon.run();
          } catch (IOException | InterruptedException | RuntimeException broken) {
            failures.add(broken);
          }
        });
    return daemon;
  }

  private AgentOptions options(String behaviour, String... more) {
    return options(List.of("sh", fakeTrainer(), behaviour), more);
  }

  private AgentOptions options(List<String> trainer, String... more) {
    return AgentOptions.parse(words(trainer, more), java.util.Map.of());
  }

  private List<String> words(List<String> trainer, String... more) {
    var words = new ArrayList<>(List.of("--platform", platform.uri().toString()));
    words.addAll(List.of("--state", state.toString(), "--devices", "cpu", "--name", "test-host"));
    words.addAll(List.of(more));
    words.add("--");
    words.addAll(trainer);
    return words;
  }

  private Process daemonProcess() throws IOException {
    return java(
        words(List.of("sh", fakeTrainer(), "steady"), "--join", FakePlatform.JOIN_TOKEN)
            .toArray(String[]::new));
  }

  private Process java(String... words) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                AgentDaemon.class.getName()));
    command.addAll(List.of(words));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(Redirect.appendTo(folder.resolve("daemon.log").toFile()))
        .start();
  }

  private static String fakeTrainer() {
    try {
      return Path.of(AgentDaemonTest.class.getResource("/fake-trainer.sh").toURI()).toString();
    } catch (java.net.URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private Desired.Lease aLease() {
    var work =
        new TaskSpec.Profile(
            List.of(Protocol.LINEAR_PROBE), 32, 1, Duration.ofMinutes(1).toMillis());
    var task =
        new TaskSpec(
            UUID.randomUUID(),
            UUID.randomUUID(),
            "cpu",
            1,
            List.of(model),
            new DataLayout.ImageFolder(),
            work);
    return new Desired.Lease(UUID.randomUUID(), 1, List.of(0), 3_000, Desired.Wish.RUN, task);
  }

  private Desired.Lease aRunningLease() throws Exception {
    Desired.Lease lease = aLease();
    platform.desire(lease);
    eventually("curve", () -> !platform.told(lease.leaseId(), Metrics.class).isEmpty());
    return lease;
  }

  private Path work(Desired.Lease lease) {
    return state.resolve("leases").resolve(lease.leaseId() + "-" + lease.epoch());
  }

  private ProcessMark trainer(Desired.Lease lease) throws IOException {
    return ProcessMark.read(work(lease).resolve("process")).orElseThrow();
  }

  private long deadline(Desired.Lease lease) throws IOException {
    return Long.parseLong(Files.readString(work(lease).resolve("deadline")));
  }

  private int pointsWritten(Desired.Lease lease) throws IOException {
    return (int)
        Files.readString(work(lease).resolve("events.jsonl"), UTF_8)
            .lines()
            .filter(line -> line.contains("METRICS"))
            .count();
  }

  private List<Integer> steps(Desired.Lease lease) {
    return platform.told(lease.leaseId(), Metrics.class).stream().map(Metrics::step).toList();
  }

  private boolean isSleeping(ProcessHandle process) {
    return process.info().command().filter(command -> command.endsWith("sleep")).isPresent();
  }

  private static List<Integer> upTo(int steps) {
    return IntStream.rangeClosed(1, steps).boxed().toList();
  }
}
