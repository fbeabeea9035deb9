package io.espalier.orchestrator.model;

import io.espalier.domain.wire.NamedBlob;
import java.util.List;

/**
 * All about a base model.
 *
 * @param card Markdown of whoever published it: hostile text, to be escaped wherever it is shown
 * @param config its {@code config.json}
 */
public record BaseModelDetails(
    BaseModel model, String card, String config, List<NamedBlob> files) {}
