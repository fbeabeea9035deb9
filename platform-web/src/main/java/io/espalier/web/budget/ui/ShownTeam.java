package io.espalier.web.budget.ui;

import io.espalier.orchestrator.account.Role;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A team whose budget the user may see; {@code role} is null for an admin who is no member. */
record ShownTeam(UUID id, String name, @Nullable Role role) {}
