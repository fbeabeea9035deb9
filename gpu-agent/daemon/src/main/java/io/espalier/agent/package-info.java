/**
 * Lives on each GPU host, holds leases and runs trainers as child processes; never loads CUDA. This
 * package is the program: its options, its membership at the platform, and the two loops that keep
 * the host as the platform desires it. It uses the packages beneath; none of them uses it.
 */
@NullMarked
package io.espalier.agent;

import org.jspecify.annotations.NullMarked;
