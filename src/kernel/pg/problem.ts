// A problem of the machine or the set-up that the person in front of it can solve: shown as Chinese text without a stack.
export class StartupProblem extends Error {
  readonly way_out: string

  constructor(what: string, way_out: string, cause?: unknown) {
    super(what, cause === undefined ? undefined : { cause })
    this.name = 'StartupProblem'
    this.way_out = way_out
  }
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Turns what the file system said into what to do about it; anything else is handed back as it is. */
export function explainFileError(error: unknown, path: string): unknown {
  switch (errorCode(error)) {
    case 'EACCES':
    case 'EPERM':
      return new StartupProblem(
        `没有写入权限:${path}`,
        `三种办法任选其一:用该文件夹的所有者运行;执行 sudo chown -R "$(id -un)" "${path}";或换一个数据文件夹:npm start -- --data ~/heyuan-data`,
        error,
      )
    case 'EROFS':
      return new StartupProblem(`所在磁盘是只读的:${path}`, '换一个可写的数据文件夹:npm start -- --data ~/heyuan-data', error)
    case 'ENOSPC':
    case 'EDQUOT':
      return new StartupProblem(`磁盘空间(或配额)已用完:${path}`, '清理磁盘,或换到更大的磁盘:npm start -- --data /大磁盘/heyuan-data', error)
    case 'ENOTDIR':
    case 'EEXIST':
      return new StartupProblem(`路径上有同名的文件,无法建立文件夹:${path}`, '移走该文件,或换一个数据文件夹:npm start -- --data ~/heyuan-data', error)
    default:
      return error
  }
}

export function describeProblem(error: unknown): string {
  if (error instanceof StartupProblem) return `✗ ${error.message}\n  办法:${error.way_out}`
  return `✗ ${errorText(error)}`
}
