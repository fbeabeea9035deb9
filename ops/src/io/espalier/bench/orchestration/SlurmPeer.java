package io.espalier.bench.orchestration;

import io.espalier.house.Installation;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A throw-away Slurm from Debian's packages, on loopback: one controller and nodes with as many
 * slots together as the real agent has, tuned to start jobs soon. Its client is a process per call.
 */
final class SlurmPeer implements AutoCloseable {

  /** What makes its scheduler quick; its defaults wait seconds for more work to come. */
  private static final String TUNED =
      "batch_sched_delay=0,sched_min_interval=1000,sched_interval=2,default_queue_depth=5000,"
          + "partition_job_depth=5000,sched_max_job_start=0,bf_interval=10,bf_max_job_test=5000,"
          + "bf_continue,max_rpc_cnt=150";

  private final Path folder;
  private final int slots;
  private final Random random = new Random(1);

  private SlurmPeer(Path folder, int slots) {
    this.folder = folder;
    this.slots = slots;
  }

  /** Empty where its packages are not installed, or this user may not run it. */
  static Optional<SlurmPeer> start(int slots) throws Exception {
    if (!isInstalled()) {
      System.out.println(
          "(no peer: apt-get install slurmctld slurmd slurm-client munge, with services kept off by"
              + " policy-rc.d, and run as root)");
      return Optional.empty();
    }
    var peer = new SlurmPeer(Files.createTempDirectory("espalier-slurm-"), slots);
    Runtime.getRuntime().addShutdownHook(new Thread(peer::stop));
    try {
      peer.open();
      return Optional.of(peer);
    } catch (IOException | IllegalStateException failed) {
      peer.close();
      System.out.println("(no peer: " + failed.getMessage() + ")");
      return Optional.empty();
    }
  }

  private static boolean isInstalled() {
    return "root".equals(System.getProperty("user.name"))
        && List.of("/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/sbin/munged", "/usr/bin/sbatch")
            .stream()
            .allMatch(program -> Files.isExecutable(Path.of(program)));
  }

  private void open() throws Exception {
    for (String name : List.of("state", "spool", "log", "out")) {
      Files.createDirectories(folder.resolve(name));
    }
    // munged insists on a path that nobody else can write to, and that it can be reached by.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    var key = new byte[1024];
    new SecureRandom().nextBytes(key);
    Files.write(folder.resolve("munge.key"), key);
    Files.setPosixFilePermissions(
        folder.resolve("munge.key"), PosixFilePermissions.fromString("r--------"));
    run(
        "munged",
        "--force",
        "--key-file=" + folder.resolve("munge.key"),
        "--socket=" + folder.resolve("munge.sock"),
        "--pid-file=" + folder.resolve("munged.pid"),
        "--log-file=" + folder.resolve("log/munged.log"),
        "--seed-file=" + folder.resolve("munge.seed"));
    Files.writeString(folder.resolve("slurm.conf"), configuration());
    Files.writeString(folder.resolve("cgroup.conf"), "CgroupPlugin=cgroup/v1\n");
    run("slurmctld", "-f", folder.resolve("slurm.conf").toString());
    run("slurmd", "-N", "n1", "-f", folder.resolve("slurm.conf").toString());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    while (!run("sinfo", "-h", "-N", "-o", "%T").contains("idle")) {
      if (System.nanoTime() > end) throw new IOException("its node did not get ready");
      Thread.sleep(300);
    }
  }

  private String configuration() throws IOException {
    String host = InetAddress.getLocalHost().getHostName();
    return """
        ClusterName=peer
        SlurmctldHost=%1$s(127.0.0.1)
        SlurmctldPort=%4$d
        AuthType=auth/munge
        CredType=cred/munge
        AuthInfo=socket=%2$s/munge.sock
        SlurmUser=root
        SlurmdUser=root
        StateSaveLocation=%2$s/state
        SlurmdSpoolDir=%2$s/spool/%%n
        SlurmctldPidFile=%2$s/slurmctld.pid
        SlurmdPidFile=%2$s/slurmd.pid
        SlurmctldLogFile=%2$s/log/slurmctld.log
        SlurmdLogFile=%2$s/log/slurmd.log
        ProctrackType=proctrack/linuxproc
        TaskPlugin=task/none
        SwitchType=switch/none
        MpiDefault=none
        ReturnToService=2
        MinJobAge=10
        MaxJobCount=200000
        SelectType=select/cons_tres
        SelectTypeParameters=CR_Core
        SchedulerType=sched/backfill
        SchedulerParameters=%6$s
        SlurmdParameters=config_overrides
        CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
        JobCompType=jobcomp/filetxt
        JobCompLoc=%2$s/log/jobcomp.txt
        AccountingStorageType=accounting_storage/none
        NodeName=n1 NodeHostname=%1$s NodeAddr=127.0.0.1 Port=%5$d CPUs=%3$d CoresPerSocket=%3$d RealMemory=4000 State=UNKNOWN
        PartitionName=main Nodes=n1 Default=YES MaxTime=INFINITE DefaultTime=60 State=UP
        """
        .formatted(
            host, folder, slots, Installation.freePort(), Installation.freePort(), TUNED);
  }

  /** Submissions that stay: nothing can run them. */
  Load submissions(int clients, Duration time) throws Exception {
    run("scontrol", "update", "NodeName=n1", "State=DRAIN", "Reason=bench");
    try {
      return Load.run(clients, time, _ -> () -> submit("#!/bin/sh\n:\n"));
    } finally {
      run("scancel", "-u", "root");
      resume();
    }
  }

  /** One after the other, each at a random moment after the last. */
  Latencies starts(int count) throws Exception {
    var latencies = new Latencies();
    for (int i = 0; i < count; i++) {
      Thread.sleep(random.nextInt(20, 1000));
      Path mark = folder.resolve("out/start" + i);
      Instant asked = Instant.now();
      submit("#!/bin/sh\n: > " + mark + "\n");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (Files.notExists(mark)) {
        if (System.nanoTime() > end) throw new IOException("a job did not start within a minute");
        Thread.sleep(2);
      }
      Instant began = Files.getLastModifiedTime(mark).toInstant();
      latencies.add(Duration.between(asked, began).toNanos() / 1e6);
    }
    return latencies;
  }

  /** Jobs a second, from the moment at which {@code count} waiting ones may run. */
  double drain(int count) throws Exception {
    run("scontrol", "update", "NodeName=n1", "State=DRAIN", "Reason=bench");
    var left = new AtomicInteger(count);
    var clients = new ArrayList<Thread>();
    for (int i = 0; i < 4; i++) {
      clients.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (left.getAndDecrement() > 0) submit("#!/bin/sh\n:\n");
                    } catch (Exception failed) {
                      throw new IllegalStateException(failed);
                    }
                  }));
    }
    for (Thread client : clients) client.join();
    long before = ended();
    long start = System.nanoTime();
    resume();
    while (ended() - before < count) {
      if (System.nanoTime() - start > TimeUnit.MINUTES.toNanos(10)) {
        throw new IOException("its queue did not drain within ten minutes");
      }
      Thread.sleep(50);
    }
    return count / ((System.nanoTime() - start) / 1e9);
  }

  private void resume() throws IOException, InterruptedException {
    run("scontrol", "update", "NodeName=n1", "State=RESUME");
  }

  private long ended() throws IOException {
    Path file = folder.resolve("log/jobcomp.txt");
    if (Files.notExists(file)) return 0;
    try (var lines = Files.lines(file)) {
      return lines.filter(line -> line.contains("JobState=COMPLETED")).count();
    }
  }

  private void submit(String script) throws IOException, InterruptedException {
    var command =
        new ProcessBuilder("sbatch", "--parsable", "-n1", "-o", "/dev/null", "-e", "/dev/null")
            .redirectErrorStream(true);
    command.environment().put("SLURM_CONF", folder.resolve("slurm.conf").toString());
    Process process = command.start();
    try (var in = process.getOutputStream()) {
      in.write(script.getBytes());
    }
    String said = new String(process.getInputStream().readAllBytes()).strip();
    if (process.waitFor() != 0) throw new IOException("sbatch: " + said);
  }

  private String run(String... words) throws IOException, InterruptedException {
    var command = new ProcessBuilder(words).redirectErrorStream(true);
    command.environment().put("SLURM_CONF", folder.resolve("slurm.conf").toString());
    Path said = folder.resolve("log/command.txt");
    Process process = command.redirectOutput(said.toFile()).start();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(words[0] + " does not answer");
    }
    String text = Files.readString(said).strip();
    if (process.exitValue() != 0) throw new IOException(words[0] + ": " + text);
    return text;
  }

  private void stop() {
    for (String name : List.of("slurmd", "slurmctld", "munged")) {
      try {
        long id = Long.parseLong(Files.readString(folder.resolve(name + ".pid")).strip());
        ProcessHandle.of(id).ifPresent(ProcessHandle::destroy);
      } catch (IOException | NumberFormatException notRunning) {
        // It was never started, or has ended.
      }
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    stop();
    Thread.sleep(1500);
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
