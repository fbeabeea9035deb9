package io.espalier.orchestrator.invariant;

import io.espalier.domain.wire.Blob;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.invariant.Invariants.Contents;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The files that checkpoints and artifacts list, against the store. */
final class ListedContents {

  static List<String> damaged(JdbcClient jdbc, BlobStore blobs, Contents contents) {
    var listed =
        jdbc.sql(
                """
                select distinct f.value -> 'blob' ->> 'sha256' as sha256,
                       (f.value -> 'blob' ->> 'bytes')::bigint as bytes
                from (select files from checkpoint union all select files from artifact) listed,
                     jsonb_array_elements(listed.files) f
                order by sha256
                """)
            .query((row, _) -> new Blob(row.getString("sha256"), row.getLong("bytes")))
            .list();
    return listed.stream()
        .filter(blob ->
            switch (contents) {
              case MEASURED -> !blobs.has(blob);
              case READ -> !blobs.verify(blob);
            })
        .map(Blob::sha256)
        .toList();
  }

  private ListedContents() {}
}
