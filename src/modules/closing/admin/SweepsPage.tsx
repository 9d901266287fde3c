// 账目核验: every proof of every module, each night; what does not hold is named with examples.
import { Button } from 'antd'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { count, instant } from '../../../ui/format.ts'
import { Facts, ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { closing } from '../contract.ts'

export default function SweepsPage() {
  const may = useMay()
  const list = useRead(closing.sweeps, { page_size: 30 }, { refresh_ms: 5000 })
  const start = useWrite(closing.startSweep, { done: '已开始核验,完成后在此显示' })
  const last = list.data?.rows.find((r) => r.state === 'done')
  return (
    <ReadPage title="账目核验" loading={list.loading} error={list.error} retry={list.retry} actions={may('closing.sweep.start') ? <Button type="primary" loading={start.running} onClick={() => void start.run({})}>现在核验</Button> : null}>
      {list.data ? (
        <div className="hy-stack">
          {last ? (
            <>
              <Facts facts={[['最近核验', instant(last.ended_at)], ['核验项', count(last.check_count)], ['结果', last.broken_count ? `${last.broken_count} 项不符` : '全部相符']]} />
              <RowsTable
                label="核验结果" rows={last.checks.map((c, i) => ({ ...c, key: String(i) }))} row_key="key" empty="没有核验项"
                columns={[
                  { key: 'ok', title: '结果', width: 90, show: (c) => <StateTag value={c.ok ? 'ok' : 'broken'} words={{ ok: '相符', broken: '不符' }} tones={{ ok: 'good', broken: 'bad' }} /> }, { key: 'code', title: '编号', width: 80 }, { key: 'zh', title: '不变量', width: 320 },
                  { key: 'broken_count', title: '不符处', width: 90, show: (c) => (c.ok ? '' : count(c.broken_count)) }, { key: 'examples', title: '例子', width: 420, show: (c) => c.examples.join(';') },
                ]}
              />
            </>
          ) : null}
          <RowsTable
            label="核验记录" rows={list.data.rows} row_key="sweep_id" empty="还没有核验过;每夜一点后自动核验"
            columns={[{ key: 'started_at', title: '开始', width: 150 }, { key: 'ended_at', title: '结束', width: 150 }, { key: 'started_by_name', title: '发起人', width: 120, show: (r) => r.started_by_name ?? '定时' }, { key: 'check_count', title: '核验项', width: 90 }, { key: 'state', title: '结果', width: 130, show: (r) => (r.state === 'running' ? '核验中' : r.broken_count ? `${r.broken_count} 项不符` : '全部相符') }]}
          />
        </div>
      ) : null}
    </ReadPage>
  )
}
