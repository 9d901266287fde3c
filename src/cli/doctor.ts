import { EXIT, type Out } from './command.ts'
import { checkDatabase } from './doctor_database.ts'
import { checkData, checkFonts, checkMemory, checkNode, checkPort, type Finding } from './doctor_machine.ts'

export const name = 'doctor'
export const summary_zh = '检查本机、数据文件夹与数据库,并说明每个问题怎么解决'
export const usage = `doctor [--json]

  检查 Node、磁盘、权限、内存、字体、端口、数据库(版本、编码、落盘设置、待执行的迁移)。
  退出码:0 没有问题(可以有提醒),1 有必须解决的问题。`

const MARK = { ok: '✓', warning: '!', problem: '✗' } as const

export async function run(_args: string[], out: Out): Promise<number> {
  const findings: Finding[] = []
  for (const check of [checkNode, checkData, checkMemory, checkFonts, checkPort, checkDatabase]) {
    for (const finding of await check()) {
      findings.push(finding)
      out.line(`${MARK[finding.level]} ${finding.what}`)
      if (finding.way_out !== undefined) out.line(`    办法:${finding.way_out}`)
    }
  }
  const problems = findings.filter((one) => one.level === 'problem').length
  const warnings = findings.filter((one) => one.level === 'warning').length
  out.line(problems === 0 ? `\n没有发现必须解决的问题${warnings > 0 ? `,有 ${warnings} 条提醒` : ''}。` : `\n有 ${problems} 个问题需要解决。`)
  out.json({ problems, warnings, findings })
  return problems === 0 ? EXIT.ok : EXIT.refused
}
