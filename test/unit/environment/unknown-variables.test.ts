import { describe, expect, test } from 'vitest'
import { foreignNames, reservedNames } from '../../../environment/other-names.ts'
import { ourPrefixes, unknownVariables } from '../../../environment/unknown-variables.ts'
import { variableNamed, variableTable } from '../../../environment/variable-table.ts'

describe('unknownVariables()', () => {
  test.each([
    ['INFERENCE_API_PROT', 'INFERENCE_API_PORT'],
    ['INFERNCE_API_PORT', 'INFERENCE_API_PORT'],
    ['NFERENCE_API_PORT', 'INFERENCE_API_PORT'],
    ['API_TOKN', 'API_TOKEN'],
    ['REPO_DRI', 'REPO_DIR'],
    ['HF_SYNC_PATERNS', 'HF_SYNC_PATTERNS'],
    ['HF_TOKN', 'HF_TOKEN'],
    ['POD_STATEDIR', 'POD_STATE_DIR'],
    ['TRAIN_COMAND', 'TRAIN_COMMAND'],
    ['IDLE_TIMEOUT_SECOND', 'IDLE_TIMEOUT_SECONDS'],
    ['BUGET_USD', 'BUDGET_USD'],
    ['inference_api_port', 'INFERENCE_API_PORT'],
  ])('takes %s for a mistyped %s', (name, meant) => {
    expect(unknownVariables([name])).toEqual([`${name} is not a variable of podmate; did you mean ${meant}?`])
  })

  test.each([
    ['INFERENCE_API_TIMEOUT', 'INFERENCE_API_'],
    ['START_TRAINING_NOW', 'START_TRAINER'],
    ['TRAIN_CMD', 'TRAIN_CWD'],
  ])('names the nearest variable for %s, which begins like ours', (name, near) => {
    expect(unknownVariables([name])).toEqual([expect.stringContaining(near)])
  })

  test('is silent about what shells, CI, RunPod, Kubernetes, CUDA and Python set', () => {
    const others =
      'HOME PATH PWD SHLVL TERM LANG USER SHELL _ OLDPWD TMPDIR HOSTNAME DEBIAN_FRONTEND LS_COLORS EDITOR CI ' +
      'CI_TOKEN GH_TOKEN HF_HOME HF_HUB_CACHE HF_HUB_ENABLE_HF_TRANSFER HF_XET_CACHE LOG_LEVEL LOG_DIR ENV_DIR APP_DIR TEMP_DIR http_proxy NO_PROXY GPG_KEY TZ ' +
      'RUNPOD_API_KEY RUNPOD_TCP_PORT_8000 RUNPOD_GPU_COUNT KUBERNETES_PORT_443_TCP_ADDR TRAIN_SERVICE_HOST ' +
      'POD_NAME POD_NAMESPACE POD_IP START_PORT_80_TCP NVIDIA_VISIBLE_DEVICES CUDA_VISIBLE_DEVICES NCCL_VERSION ' +
      'JUPYTER_ENV_VARS_TO_UNSET WANDB_API_KEY PYTHONPATH VIRTUAL_ENV npm_config_cache NODE_OPTIONS RP_WORKSPACE'
    expect(unknownVariables(others.split(' '))).toEqual([])
  })

  test('is silent about names that later parts of podmate will own', () => {
    expect(unknownVariables(reservedNames)).toEqual([])
  })

  test('derives its prefixes from names that share one', () => {
    expect(new Set(ourPrefixes)).toEqual(
      new Set(
        'POD_ PODMATE_ INFERENCE_ START_ TRAIN_ JUPYTER_ PASS_ REPO_ SSH_ HF_ IDLE_ AUTOSTOP_ RUNPOD_ JOB_'.split(
          ' ',
        ),
      ),
    )
  })

  test('has no reserved or foreign name in the schema', () => {
    expect(reservedNames.filter(variableNamed)).toEqual([])
    // RunPod owns the names that begin with its own: some are read here, and no other one is ever warned about.
    const ours = variableTable.map(({ name }) => name).filter((name) => !name.startsWith('RUNPOD_'))
    expect(ours.filter((name) => foreignNames.some((foreign) => foreign.test(name)))).toEqual([])
  })
})
