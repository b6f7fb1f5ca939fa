/** Azure ML's names for the logs of a job. */
export const BUILD_LOG = "azureml-logs/20_image_build_log.txt";

/** What the program of `rank` wrote to stdout and stderr. */
export function userLog(rank: number): string {
  return rank === 0 ? "user_logs/std_log.txt" : `user_logs/std_log_process_${rank}.txt`;
}
