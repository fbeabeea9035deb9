package io.espalier.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** draft */
final class Platform {
  Platform(Rest rest) {}
  record Admin(String login, String password) { String signIn() { return ""; } }
  Admin setUp(String code) throws IOException, InterruptedException, Rest.Refusal { return null; }
  void fund(double hours) throws IOException, InterruptedException, Rest.Refusal {}
  String register(Path zip, String name) throws IOException, InterruptedException, Rest.Refusal { return null; }
  String baseModel(Optional<Path> zip) throws IOException, InterruptedException, Rest.Refusal { return null; }
  JsonNode submit(String m, String d, Optional<String> p, double h) throws IOException, InterruptedException, Rest.Refusal { return null; }
  JsonNode job(String id) throws IOException, InterruptedException, Rest.Refusal { return null; }
  Outcome outcome(JsonNode job, Path to, double s) throws IOException, InterruptedException, Rest.Refusal { return null; }
  double spentSeconds() throws IOException, InterruptedException, Rest.Refusal { return 0; }
}
