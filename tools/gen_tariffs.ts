// The worked examples of every tariff shape as one page, with the explanation the engine gives. From docs/tariffs/*.json.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { parseTariff, quoteCases } from '../src/modules/tariff/rules/index.ts'

const docs = fileURLToPath(new URL('../docs', import.meta.url))
interface Example {
  shape: number
  title: string
  tariff: unknown
  cases: Record<string, unknown>[]
}

function section(file: string): string {
  const x = JSON.parse(readFileSync(join(docs, 'tariffs', file), 'utf8')) as Example
  const { tariff, faults } = parseTariff(x.tariff)
  if (!tariff) throw new Error(`${file}: ${JSON.stringify(faults)}`)
  const rows = quoteCases(tariff, x.cases).map((r, i) => {
    const { expect: _e, id: _i, ...given } = x.cases[i]!
    const said = 'error' in r ? `${r.error.field}:${r.error.reason}` : r.quote.lines.map((l) => `${r.quote.components.length > 1 ? `${l.component} ` : ''}${l.text}`).join('<br>')
    return `| \`${JSON.stringify(given)}\` | ${'error' in r ? '' : (r.amount_fen / 100).toFixed(2)} | ${said} |`
  })
  return `## ${x.shape} ${x.title}\n\n[${file}](../tariffs/${file})\n\n\`\`\`json\n${JSON.stringify(x.tariff)}\n\`\`\`\n\n| 案例 | 元 | 计算过程 |\n|---|---|---|\n${rows.join('\n')}\n`
}

export function genTariffs(): void {
  const files = globSync('*.json', { cwd: join(docs, 'tariffs') }).sort()
  writeFileSync(join(docs, 'generated', 'tariff_examples.md'), `# 价目例子\n\n由 docs/tariffs 生成,不要手改;格式见 [tariffs.md](../tariffs.md)。\n\n${files.map(section).join('\n')}`)
}
