package io.espalier.web;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the platform; the settings are environment variables, listed in the operator's guide. */
@SpringBootApplication(proxyBeanMethods = false)
public class Platform {

  public static void main(String[] arguments) {
    SpringApplication.run(Platform.class, arguments);
  }
}
