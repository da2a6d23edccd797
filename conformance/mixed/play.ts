/** Plays a scenario on an ensemble of its own. */
import { ConnectionLostError, ServiceError, SessionOverError } from '../../impl/client/errors.ts';
import { FaultError } from '../faults/fault-error.ts';
import { MixedEnsemble } from './mixed-ensemble.ts';
import type { Report } from './report.ts';
import type { Scenario } from './scenarios.ts';

/** The servers' files are in `directory` afterwards; no process is left. */
export async function play(scenario: Scenario, directory: string, report: Report): Promise<void> {
  const { name, about, options } = scenario;
  report.title(`${name}: ${about}`);
  const ensemble = await MixedEnsemble.launch({ ...options, directory });
  try {
    await ensemble.elect(options.leader);
    await scenario.play({ ensemble, report });
  } catch (error) {
    if (!isOfTheEnsemble(error)) throw error;
    report.saw(name, error.message);
  } finally {
    await ensemble.close();
  }
}

/** Did the ensemble not do what was asked of it? Anything else is a bug of the scenario. */
function isOfTheEnsemble(error: unknown): error is Error {
  return (
    error instanceof FaultError ||
    error instanceof ServiceError ||
    error instanceof ConnectionLostError ||
    error instanceof SessionOverError
  );
}
