// What `npm start` was asked for, and what the data folder remembers of earlier starts.
import { accessSync, constants, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { usageText } from '../command.ts'
import { heyuanDir, isRoot, makeDir, projectRoot } from '../../kernel/pg/place.ts'
import { StartupProblem, explainFileError } from '../../kernel/pg/problem.ts'

export type Mode = 'sample' | 'empty'

export interface StartOptions {
  mode?: Mode
  port: number
  data_root: string
  outside_url?: string
}

export const USAGE = `用法:npm start -- [选项]

  --empty        空白的正式安装(不装样例数据)
  --sample       样例安装(默认;使用 DATABASE_URL 时默认为 --empty)
  --port N       网页端口,默认 8080;被占用时依次试后面 10 个
  --data 文件夹  数据放在哪里,默认为项目下的 .heyuan(也可用环境变量 HEYUAN_DATA)
  --help         显示本说明

  环境变量 DATABASE_URL:使用自己的 PostgreSQL 15–18,不启动随附的数据库。`

export class WrongUsage extends Error {}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number.parseInt(text, 10) : 0
  if (port < 1 || port > 65_535) throw new WrongUsage(`--port 应为 1 至 65535 的整数,而不是“${text}”。`)
  return port
}

export function readOptions(args: string[], env: NodeJS.ProcessEnv): StartOptions | 'help' {
  const options = {
    empty: { type: 'boolean' },
    sample: { type: 'boolean' },
    port: { type: 'string' },
    data: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const
  let values
  try {
    values = parseArgs({ args, options, allowPositionals: false }).values
  } catch (error) {
    throw new WrongUsage(`${usageText(error)}。`)
  }
  if (values.help) return 'help'
  if (values.empty && values.sample) throw new WrongUsage('--empty 与 --sample 只能选一个。')
  if (values.data === '') throw new WrongUsage('--data 后面要写文件夹。')
  const asked = values.port ?? env['HEYUAN_PORT']
  const mode = values.empty ? 'empty' : values.sample ? 'sample' : undefined
  const outside_url = env['DATABASE_URL']
  return {
    port: asked === undefined ? 8080 : parsePort(asked),
    // npm changes to the project folder; INIT_CWD is where the person typed.
    data_root: values.data === undefined ? heyuanDir() : resolve(env['INIT_CWD'] ?? process.cwd(), values.data),
    ...(mode === undefined ? {} : { mode }),
    ...(outside_url ? { outside_url } : {}),
  }
}

/** Before anything is started: can we write where we must? */
export function checkWritable(data_root: string): void {
  makeDir(data_root)
  try {
    accessSync(data_root, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw explainFileError(error, data_root)
  }
  if (process.env['HEYUAN_SKIP_BUILD'] === '1') return
  const dist = join(projectRoot, 'dist')
  try {
    accessSync(existsSync(dist) ? dist : projectRoot, constants.W_OK)
  } catch (error) {
    // A ready-built tree on a read-only disk is a fair installation.
    if (existsSync(dist)) return
    const fixed = explainFileError(error, projectRoot)
    if (!(fixed instanceof StartupProblem)) throw fixed
    const who = isRoot() ? '' : '用该文件夹的所有者运行一次 npm run build;或'
    throw new StartupProblem(`项目文件夹不可写,而网页还没有生成:${projectRoot}`, `${who}把代码复制到可写的位置再启动。`, error)
  }
}

// ---- installation.json: what this data folder is

export interface Installation {
  mode: Mode
  created_at: string
  /** The database the sample world was loaded into, by its identity. */
  world_loaded_into?: string
}

const installationPath = (data_root: string): string => join(data_root, 'installation.json')

function readInstallation(data_root: string): Installation | undefined {
  const path = installationPath(data_root)
  if (!existsSync(path)) return undefined
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value === 'object' && value !== null && 'mode' in value && (value.mode === 'sample' || value.mode === 'empty')) {
      return { created_at: '', ...value, mode: value.mode }
    }
  } catch (error) {
    const known = explainFileError(error, path)
    if (known instanceof StartupProblem) throw known
  }
  throw new StartupProblem(`文件 ${path} 读不懂。`, '若这是样例安装,内容应为 {"mode":"sample"};正式安装为 {"mode":"empty"}。')
}

export function writeInstallation(data_root: string, installation: Installation): void {
  const path = installationPath(data_root)
  try {
    writeFileSync(`${path}.next`, `${JSON.stringify(installation, null, 2)}\n`)
    renameSync(`${path}.next`, path)
  } catch (error) {
    throw explainFileError(error, path)
  }
}

const modeName = (mode: Mode): string => (mode === 'sample' ? '样例安装' : '正式安装(空白)')

export function openInstallation(options: StartOptions): Installation {
  const { data_root } = options
  const present = readInstallation(data_root)
  if (present === undefined) {
    // Sample accounts have known passwords: a server of the owner's own gets them only when asked for.
    const mode = options.mode ?? (options.outside_url === undefined ? 'sample' : 'empty')
    const made: Installation = { mode, created_at: new Date().toISOString() }
    writeInstallation(data_root, made)
    return made
  }
  if (options.mode === undefined || options.mode === present.mode) return present
  const flag = options.mode === 'empty' ? '--empty ' : '--sample '
  throw new StartupProblem(
    `数据文件夹 ${data_root} 已经是${modeName(present.mode)},不能再作为${modeName(options.mode)}启动。`,
    `另用一个文件夹:npm start -- ${flag}--data ./heyuan-${options.mode};要继续使用现有的,不带 ${flag.trim()} 启动即可。`,
  )
}
