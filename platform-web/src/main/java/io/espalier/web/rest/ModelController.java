package io.espalier.web.rest;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.model.BaseModel;
import io.espalier.orchestrator.model.BaseModelDetails;
import io.espalier.orchestrator.model.BaseModels;
import io.espalier.web.upload.Uploads;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Base models. */
@RestController
@RequestMapping("/api/v1/models")
class ModelController {

  private final BaseModels models;
  private final Uploads uploads;

  ModelController(BaseModels models, Uploads uploads) {
    this.models = models;
    this.uploads = uploads;
  }

  /** The platform's base models, then those of the caller's teams. */
  @GetMapping
  List<BaseModel> list(@AuthenticationPrincipal Principal user) {
    return models.list(user);
  }

  /** One base model with its card, configuration and files. */
  @GetMapping("/{model}")
  BaseModelDetails get(@AuthenticationPrincipal Principal user, @PathVariable UUID model) {
    return models.get(user, model);
  }

  /** The body is a zip of the model's folder. Without a team the model is offered to all. */
  @PostMapping(consumes = {"application/zip", MediaType.APPLICATION_OCTET_STREAM_VALUE})
  @ResponseStatus(HttpStatus.CREATED)
  BaseModel importZip(
      @AuthenticationPrincipal Principal user,
      @RequestParam @Nullable UUID team,
      @RequestParam String name,
      HttpServletRequest request)
      throws IOException {
    return uploads.receive(
        request.getInputStream(), zip -> models.importZip(user, team, name, zip));
  }
}
