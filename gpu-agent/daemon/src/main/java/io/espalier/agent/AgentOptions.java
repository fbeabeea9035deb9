package io.espalier.agent;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How an agent is started: options on the command line, or variables of the environment where an
 * option is absent.
 *
 * @param platform where the platform listens
 * @param state folder of everything that outlives the daemon
 * @param joinToken the token itself, for machines; people use the file
 * @param joinTokenFile file that holds the token, read when it is needed
 * @param name of the agent; the host's by default
 * @param devices which devices are offered
 * @param cacheBytes inputs that are kept beyond need
 * @param trainer the command that is given the spec file and the work folder
 */
record AgentOptions(
    URI platform,
    Path state,
    Optional<String> joinToken,
    Optional<Path> joinTokenFile,
    Optional<String> name,
    Offer devices,
    long cacheBytes,
    List<String> trainer) {

  sealed interface Offer {
    /** GPUs if there are any, else the processor. */
    record Auto() implements Offer {}

    /** The processor as so many slots, whatever else there is. */
    record Processor(int slots) implements Offer {}
  }

  static final String USAGE =
      """
      usage: java -jar agent.jar --platform URL --state FOLDER [options] -- TRAINER COMMAND...
             java -jar agent.jar stop --state FOLDER

        --platform URL           where the platform listens        ESPALIER_PLATFORM_URL
        --state FOLDER           credential, cache, work folders   ESPALIER_AGENT_STATE
        --join-file FILE         one-time token to enrol with      ESPALIER_JOIN_TOKEN_FILE
        --join TOKEN             the same, for machines            ESPALIER_JOIN_TOKEN
        --name NAME              default: the host's name          ESPALIER_AGENT_NAME
        --devices auto|cpu[:N]   default: auto; N slots, else one  ESPALIER_AGENT_DEVICES
        --cache-gib N            default: 20                       ESPALIER_AGENT_CACHE_GIB
        -- COMMAND...            given SPEC_FILE and WORK_FOLDER   ESPALIER_TRAINER_COMMAND (split at blanks)

        stop                     ends the daemon of that folder and its trainers
      """;

  private static final Map<String, String> VARIABLES =
      Map.of(
          "--platform", "ESPALIER_PLATFORM_URL",
          "--state", "ESPALIER_AGENT_STATE",
          "--join-file", "ESPALIER_JOIN_TOKEN_FILE",
          "--join", "ESPALIER_JOIN_TOKEN",
          "--name", "ESPALIER_AGENT_NAME",
          "--devices", "ESPALIER_AGENT_DEVICES",
          "--cache-gib", "ESPALIER_AGENT_CACHE_GIB");

  private static final String TRAINER = "ESPALIER_TRAINER_COMMAND";
  private static final int GIB = 30;
  private static final Pattern SLOTS = Pattern.compile("cpu:[1-9]\\d{0,2}");

  /**
   * Reads a command line.
   *
   * @throws Refused if something needed is missing, unknown or wrong
   */
  static AgentOptions parse(List<String> words, Map<String, String> environment) {
    int dashes = words.indexOf("--");
    var options = read(dashes < 0 ? words : words.subList(0, dashes), environment);
    List<String> trainer =
        dashes < 0
            ? List.of(environment.getOrDefault(TRAINER, "").strip().split("\\s+"))
            : List.copyOf(words.subList(dashes + 1, words.size()));
    if (trainer.isEmpty() || trainer.getFirst().isEmpty()) {
      throw missing("-- COMMAND...", TRAINER);
    }
    return new AgentOptions(
        platform(needed(options, "--platform")),
        folder(needed(options, "--state")),
        Optional.ofNullable(options.get("--join")),
        Optional.ofNullable(options.get("--join-file")).map(Path::of),
        Optional.ofNullable(options.get("--name")),
        offer(options.getOrDefault("--devices", "auto")),
        gibibytes(options.getOrDefault("--cache-gib", "20")),
        trainer);
  }

  /** The state folder alone, for {@code stop}. */
  static Path state(List<String> words, Map<String, String> environment) {
    return folder(needed(read(words, environment), "--state"));
  }

  private static Map<String, String> read(List<String> words, Map<String, String> environment) {
    var options = new HashMap<String, String>();
    VARIABLES.forEach((option, variable) -> {
      String value = environment.getOrDefault(variable, "");
      if (!value.isBlank()) options.put(option, value);
    });
    for (int i = 0; i < words.size(); i += 2) {
      String option = words.get(i);
      if (!VARIABLES.containsKey(option)) {
        throw wrong(option, "This is no option of the agent.", option, "one of " + names());
      }
      if (i + 1 == words.size()) throw missing(option, VARIABLES.get(option));
      options.put(option, words.get(i + 1));
    }
    return options;
  }

  private static Set<String> names() {
    return new java.util.TreeSet<>(VARIABLES.keySet());
  }

  private static String needed(Map<String, String> options, String option) {
    String value = options.get(option);
    if (value == null) throw missing(option, VARIABLES.get(option));
    return value;
  }

  private static URI platform(String text) {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null && Set.of("http", "https").contains(uri.getScheme())) return uri;
    } catch (IllegalArgumentException notUri) {
      // Told below, like every other text that is no such address.
    }
    throw wrong("--platform", "This is no address.", text, "such as https://espalier.example:8443");
  }

  private static Path folder(String text) {
    return Path.of(text).toAbsolutePath().normalize();
  }

  private static Offer offer(String text) {
    if (text.equals("auto")) return new Offer.Auto();
    if (text.equals("cpu")) return new Offer.Processor(1);
    if (SLOTS.matcher(text).matches()) {
      return new Offer.Processor(Integer.parseInt(text.substring("cpu:".length())));
    }
    throw wrong(
        "--devices", "This is no choice of devices.", text, "auto, cpu or cpu:1 to cpu:999");
  }

  private static long gibibytes(String text) {
    try {
      long count = Long.parseLong(text);
      if (count >= 0 && count < 1L << GIB) return count << GIB;
    } catch (NumberFormatException notANumber) {
      // Told below.
    }
    throw wrong("--cache-gib", "This is no size.", text, "a whole number of GiB");
  }

  private static Refused missing(
      String option, @org.jspecify.annotations.Nullable String variable) {
    return new Refused(
        Problem.of(
            "option-missing",
            Category.INVALID,
            option,
            "The agent cannot start without it.",
            "Give it on the command line or set " + variable + "."));
  }

  private static Refused wrong(String option, String message, String value, String limit) {
    return new Refused(
        Problem.of("option-wrong", Category.INVALID, option, message, "Correct the option.")
            .found(value)
            .allowed(limit));
  }
}
