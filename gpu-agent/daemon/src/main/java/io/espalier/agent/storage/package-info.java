/** Files that are whole or absent, and contents known by their hash. Uses only the JDK. */
@NullMarked
package io.espalier.agent.storage;

import org.jspecify.annotations.NullMarked;
