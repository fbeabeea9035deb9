package io.espalier.web.rest;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.audit.AuditFilter;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Who did what to which, for platform admins. */
@RestController
@RequestMapping("/api/v1/audit")
class AuditController {

  private final Audit audit;

  AuditController(Audit audit) {
    this.audit = audit;
  }

  /** Entries, newest first; each text lets through what has it somewhere. */
  @GetMapping
  Page<Audit.Entry> list(
      @AuthenticationPrincipal Principal admin,
      @RequestParam(defaultValue = "") String actor,
      @RequestParam(defaultValue = "") String action,
      @RequestParam(defaultValue = "") String thing,
      @RequestParam @Nullable Instant since,
      @RequestParam @Nullable Instant until,
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam @Nullable String after) {
    var filter = new AuditFilter(actor, action, thing, since, until);
    return audit.page(admin, filter, new PageRequest(limit, after));
  }

  /**
   * @param firstBroken the first entry that was altered, or that follows a gap; null if none
   */
  record Chain(boolean sound, @Nullable Long firstBroken) {}

  /** Reads the whole chain of hashes. */
  @GetMapping("/chain")
  Chain chain(@AuthenticationPrincipal Principal admin) {
    var broken = audit.firstBrokenEntry(admin);
    return new Chain(broken.isEmpty(), broken.orElse(null));
  }
}
