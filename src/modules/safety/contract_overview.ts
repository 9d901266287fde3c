// 安全统计: one page over the safety of a community, each number with the address of the lines it is made of.
import { z } from 'zod'
import { download, read } from '../../kernel/contract.ts'
import { Day, Id } from '../../kernel/shapes.ts'

/** `to` is an address of the admin face; whoever may see the section may open it when he holds `needs` of the section. */
export const Cell = z.object({ text: z.string(), to: z.string().nullable(), bad: z.boolean() })
export type Cell = z.output<typeof Cell>
export const Headline = Cell.extend({ label: z.string(), under: z.string() })
export const Table = z.object({ key: z.string(), title: z.string(), columns: z.array(z.string()), rows: z.array(z.array(Cell)), note: z.string() })
export type Table = z.output<typeof Table>
export const Section = z.object({ key: z.enum(['incidents', 'hazards', 'order', 'drills', 'fire', 'duty', 'signs']), title: z.string(), needs: z.string(), headlines: z.array(Headline), tables: z.array(Table) })
export type Section = z.output<typeof Section>
export const OverviewAsked = z.object({ from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止(含)' }), community_id: Id.optional() })
export type OverviewAsked = z.output<typeof OverviewAsked>
const Refused = ['safety.overview_span'] as const
export const overviewCalls = {
  overview: read({ zh: '安全统计', may: 'safety.incident.read', takes: OverviewAsked, gives: z.object({ place: z.string(), sections: z.array(Section) }), refuses: Refused }),
  overviewSheet: download({ zh: '导出安全统计', may: 'safety.incident.export', takes: OverviewAsked, refuses: Refused }),
  overviewPaper: download({ zh: '打印安全统计', may: 'safety.incident.read', takes: OverviewAsked, refuses: Refused }),
}
