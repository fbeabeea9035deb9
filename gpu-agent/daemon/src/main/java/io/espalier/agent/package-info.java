/** Lives on each GPU host, holds leases and runs trainers as child processes; never loads CUDA. */
@NullMarked
package io.espalier.agent;

import org.jspecify.annotations.NullMarked;
