/** One bridge into a package of DJL, for a call that is package-private there. */
@NullMarked
package ai.djl.pytorch.jni;

import org.jspecify.annotations.NullMarked;
