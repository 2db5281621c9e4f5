/** What this kernel claims to do, claim by claim, and the rows and figures that hold it to it. */

/** A claim, and who proves it: `file: function` of the rows, or `bench: figure` with an aim of `decentlab bench cells`. */
export const claims: Readonly<Record<string, readonly string[]>> = {
  "Jupyter's conformity suite passes whole": ['test_tools.py: test_conformity'],
  'await stands at the top of a cell': ['test_language.py: test_top_level_await'],
  'Stop ends an endless loop at once, and keeps the variables': [
    'test_stop.py: test_stop',
    'bench: stop of a busy loop'
  ],
  'Stop ends loops in timers, promise chains and after an await': ['test_stop.py: test_stop'],
  'Stop ends cells on engines': ['test_stop.py: test_engines'],
  'a dead engine is told, and replaced': ['test_crash.py: test_engine_death'],
  'comms work both ways, as widgets need them': [
    'test_comms.py: test_comm_of_cell',
    'test_comms.py: test_target_of_cell',
    'test_comms.py: test_widget'
  ],
  'a cell asks its reader': ['test_input.py: test_input', 'test_input.py: test_prompt'],
  'pictures, markup and plots are shown, and replaced later': [
    'test_display.py: test_mime',
    'test_display.py: test_jupyter_display',
    'test_display.py: test_update'
  ],
  'type errors have line and column': ['test_language.py: test_type_error'],
  "errors of a running cell have the cell's own lines": ['test_language.py: test_runtime_error'],
  'completion is quick at first and later, also while a cell runs': [
    'bench: first completion',
    'bench: repeated completion',
    'bench: completion while a cell runs',
    'test_language.py: test_answers_while_running'
  ],
  'hover tells types': ['test_language.py: test_hover'],
  'packages are found by the rules of Node and of bundlers': [
    'test_language.py: test_packages',
    'test_language.py: test_package_types'
  ],
  "files beside the notebook are imported, with and without '.ts'": [
    'test_language.py: test_local_file'
  ],
  'an error that nobody waits for harms nobody': [
    'test_language.py: test_stray_error',
    'test_crash.py: test_stray_error'
  ],
  'a cell that ends its process ends nothing else': ['test_crash.py: test_death'],
  'a cell that uses up the memory of its container ends nothing else, and the limit is named': [
    'test_crash.py: test_container_memory'
  ],
  'a variable has one home, and a loop over it is nearly as quick as over a local one': [
    'test_language.py: test_one_home',
    'test_language.py: test_loop',
    'test_px.py: test_home',
    'test_px.py: test_loop'
  ],
  '20,000 lines come whole, in order and in few messages': ['test_output.py: test_lines'],
  'a late print stands below its own cell': ['test_output.py: test_late'],
  'cells queued behind an error do not run': ['test_protocol.py: test_aborted'],
  'the code of a cell is published': ['test_protocol.py: test_execute_input'],
  'papermill gives parameters': ['test_tools.py: test_papermill'],
  'the first reply comes soon': ['bench: first reply'],
  'a short cell is done at once': ['bench: cell `1`'],
  'a long new cell is checked and done soon': ['bench: cell with a 17-line function'],
  'little memory is held, at rest and after 300 cells': [
    'bench: idle memory (RSS of all processes)',
    'bench: memory after 300 cells (RSS)'
  ],
  'a cluster starts soon': ['bench: start of a cluster, 4 engines'],
  'a short cell on engines is done at once': ['bench: cell `%%px` of `1`, 4 engines'],
  'megabytes move at once': [
    'bench: push 8 MB to each of 4 engines',
    'bench: pull 8 MB from each of 4 engines'
  ]
};
