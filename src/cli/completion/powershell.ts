import type { OptionWords, Words } from "./words.ts";

/** A word in single quotes, which PowerShell leaves as it is. */
const quotedPs = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function optionTable(options: readonly OptionWords[], indent: string): string {
  return options
    .flatMap(({ flags, values }) =>
      flags.map((flag) => {
        const value =
          values.kind === "choices"
            ? `@(${values.choices.map(quotedPs).join(", ")})`
            : quotedPs(values.kind === "names" ? `names ${values.noun}` : values.kind);
        return `${indent}@(${quotedPs(flag)}, ${value})\n`;
      }),
    )
    .join("");
}

/** The completion of PowerShell (5 or newer). Flags are pairs and no hash table, whose keys would not know `-P` from `-p`. */
export function powershellScript({ branches, leaves, global }: Words, commands: readonly string[]): string {
  const branchRows = branches.map(
    ({ at, next }) => `    ${quotedPs(at)} = @(${next.map(({ word }) => quotedPs(word)).join(", ")})\n`,
  );
  const leafRows = leaves.map(
    ({ at, options }) => `    ${quotedPs(at)} = @(\n${optionTable(options, "      ")}    )\n`,
  );
  return `# Completion of slipway for PowerShell. Use it as: slipway completion powershell | Out-String | Invoke-Expression
$slipwayCompleter = {
  param($wordToComplete, $commandAst, $cursorPosition)
  $branches = @{
${branchRows.join("")}  }
  $leaves = @{
${leafRows.join("")}  }
  $global = @(
${optionTable(global, "    ")}  )
  $before = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $previous = $before[-1]
  $path = @()
  if ($before[0] -match '(^|[\\\\/])az(\\.cmd)?$') { $path += 'az' }
  foreach ($word in @($before | Select-Object -Skip 1)) {
    if ($word.StartsWith('-')) { break }
    $path += $word
  }
  $at = ((($path -join ' ') -replace '^(az )?ml( |$)', '')).Trim()
  $found = @()
  if ($branches.ContainsKey($at)) { $found = $branches[$at] }
  else {
    while ($at -ne '' -and -not $leaves.ContainsKey($at)) { $at = $at -replace ' ?[^ ]*$', '' }
    if ($at -eq '') { return }
    $options = @($leaves[$at]) + $global
    $option = @($options | Where-Object { $_[0] -ceq $previous -and $_[1] -ne 'none' })
    if ($option.Count -eq 0) { $found = $options | ForEach-Object { $_[0] } }
    elseif ($option[0][1] -is [array]) { $found = $option[0][1] }
    elseif ($option[0][1] -match '^names (.*)$') { $found = @(slipway completion names $Matches[1] 2>$null) }
  }
  $found | Where-Object { $_.StartsWith($wordToComplete) } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
Register-ArgumentCompleter -Native -CommandName ${commands.join(", ")} -ScriptBlock $slipwayCompleter
`;
}
