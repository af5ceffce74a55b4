/**
 * The job file, one YAML that says what a whole cluster consists of: read strictly, checked before
 * anything starts, and turned into what is started.
 *
 * <p>Starting points: {@link io.turnpike.launcher.job.JobFile}, what the file says; {@link
 * io.turnpike.launcher.job.JobCheck}, what is wrong with it; {@link
 * io.turnpike.launcher.job.LocalJob}, the processes that it means on this machine.
 */
@NullMarked
package io.turnpike.launcher.job;

import org.jspecify.annotations.NullMarked;
