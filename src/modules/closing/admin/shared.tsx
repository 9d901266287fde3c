import { Go } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import { count } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import type { CheckItem } from '../contract.ts'

/** What stands before a closing, each line with where to settle it. */
export function Checks({ checks, clear }: { checks: readonly CheckItem[]; clear: string }) {
  return (
    <RowsTable
      label="检查" rows={checks} row_key="code" empty={clear}
      columns={[
        { key: 'level', title: '', width: 90, show: (c) => <StateTag value={c.level} words={{ block: '须先处理', warn: '请留意' }} tones={{ block: 'bad', warn: 'warn' }} /> },
        { key: 'zh', title: '事项', width: 320 },
        { key: 'count', title: '件数', width: 90, show: (c) => count(c.count) },
        { key: 'to', title: '', width: 120, show: (c) => (c.to ? <Go to={c.to}>去处理</Go> : '') },
      ]}
    />
  )
}
