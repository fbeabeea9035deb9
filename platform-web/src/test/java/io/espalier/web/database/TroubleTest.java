package io.espalier.web.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class TroubleTest {

  @Test
  void aFullDiskIsSeenInFilesAndInTheDatabase() {
    var file = new FileSystemException("/data/blobs/x", null, "No space left on device");
    assertThat(Trouble.of(new UncheckedIOException(file)))
        .map(Problem::code)
        .contains("storage-full");
    assertThat(Trouble.of(new IllegalStateException(new SQLException("disk", "53100"))))
        .map(Problem::code)
        .contains("storage-full");
  }

  @Test
  void aDatabaseThatIsAwayIsNoFaultOfTheRequest() {
    for (var state : new String[] {"08006", "57P01", "57P03"}) {
      assertThat(Trouble.of(new SQLException("away", state)))
          .as(state)
          .map(Problem::code)
          .contains("database-away");
    }
    assertThat(Trouble.of(new DataAccessResourceFailureException("no connection")))
        .map(Problem::code)
        .contains("database-away");
  }

  @Test
  void everythingElseStaysASurprise() {
    assertThat(Trouble.of(new IOException("Broken pipe"))).isEmpty();
    assertThat(Trouble.of(new SQLException("a duplicate", "23505"))).isEmpty();
    assertThat(Trouble.of(new NullPointerException())).isEmpty();
  }
}
