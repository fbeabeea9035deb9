package io.espalier.web.upload;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param maxUpload of one file: {@code ESPALIER_MAX_UPLOAD}
 */
@ConfigurationProperties("espalier")
record UploadSettings(Path home, @DefaultValue("8GB") DataSize maxUpload) {}
