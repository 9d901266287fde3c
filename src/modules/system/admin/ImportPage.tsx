// One import: columns, preview, confirm, progress, result. The state of the batch decides what is shown, so a closed browser can come back.
import { Alert, Button, Progress, Steps } from 'antd'
import { useState } from 'react'
import { Go, useGo, useParam, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, ExcelButton, Figure, StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { count, instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { system, type ImportDetail } from '../contract.ts'
import { words } from '../words.ts'
import { ImportMapping } from './ImportMapping.tsx'
import { ImportRows } from './ImportRows.tsx'
import { rowsAt } from './rows_at.ts'
import { STATE_TONES } from './tones.ts'

const RUNNING = ['reading', 'applying', 'undoing']
const STEP: Record<string, number> = { uploaded: 1, reading: 2, failed: 1, previewed: 2, applying: 3, applied: 3, undoing: 3, undone: 3, cancelled: 3 }

export default function ImportPage() {
  const import_id = useParam('import_id')
  const go = useGo()
  const [search, setSearch] = useSearchState()
  const [quick, setQuick] = useState(true)
  const batch = useRead(system.import, { import_id }, quick ? { refresh_ms: 700 } : {})
  const b = batch.data
  const running = b ? RUNNING.includes(b.state) : true
  if (running !== quick) setQuick(running)
  const cancel = useWrite(system.cancelImport, { done: running ? '已请求取消' : '已取消' })
  const undo = useWrite(system.undoImport, { done: '正在撤销', invalidates: 'all' })
  const undoNow = async () => {
    if (b && (await confirm({ title: `撤销「${b.file_name}」的导入?`, content: `新增的 ${count(b.counts.new)} 行会删除,更新的 ${count(b.counts.change)} 行恢复原值。`, ok: '撤销导入', danger: true }))) await undo.run({ import_id })
  }
  // A preview can be left for its columns and come back to; the step stands in the address.
  const mapping = b !== undefined && (b.state === 'uploaded' || b.state === 'failed' || (b.state === 'previewed' && search['step'] === 'columns'))
  const leave = () => { setSearch({ step: undefined, rows: undefined, page: undefined }); batch.retry() }
  return (
    <DetailPage
      title={b ? `导入${b.kind_zh}` : '导入'} loading={batch.loading} error={b ? null : batch.error} retry={batch.retry} back="/system/imports"
      tags={b ? <StateTag value={b.state} words={words.states?.['import_state']} tones={STATE_TONES} /> : null}
      actions={
        b ? (
          <>
            {b.state === 'applied' ? <Button type="primary" onClick={() => go(b.page)}>查看结果</Button> : null}
            {b.state === 'applied' ? <CanButton danger can={b.can.undo} words={words} loading={undo.running} onClick={() => void undoNow()}>撤销导入</CanButton> : null}
            {['uploaded', 'previewed', 'failed'].includes(b.state) ? <CanButton can={b.can.cancel} words={words} loading={cancel.running} onClick={() => void cancel.run({ import_id })}>放弃这次导入</CanButton> : null}
            {['undone', 'cancelled', 'applied'].includes(b.state) ? <Button onClick={() => go(`/system/imports/new?kind=${b.kind}`)}>再导一个</Button> : null}
          </>
        ) : null
      }
      facts={b ? [['文件', b.file_name], ['工作表', b.sheet_name], ['小区', b.community_name], ['上传', `${b.created_by_name} ${instant(b.created_at)}`], ...(b.applied_at ? [['入库', instant(b.applied_at)] as const] : []), ...(b.undone_at ? [['撤销', instant(b.undone_at)] as const] : [])] : []}
    >
      {b ? (
        <div className="hy-stack">
          <div className="hy-card"><Steps size="small" current={mapping ? 1 : (STEP[b.state] ?? 1)} items={[{ title: '上传' }, { title: '对应列' }, { title: '预览' }, { title: '入库' }]} /></div>
          {b.error ? <Alert type={b.error.startsWith('已取消') ? 'info' : 'error'} showIcon role="alert" title={b.error} /> : null}
          {running ? <Running b={b} cancel={() => void cancel.run({ import_id })} cancelling={cancel.running || b.cancel_asked} /> : null}
          {mapping ? <ImportMapping key={`${b.layout.sheet_name}-${b.layout.header_row}`} b={b} done={leave} back={b.state === 'previewed' ? leave : undefined} /> : null}
          {b.state === 'previewed' && !mapping ? <Preview b={b} done={batch.retry} columns={() => setSearch({ step: 'columns' }, { push: true })} /> : null}
          {b.state === 'applied' ? <Alert type="success" showIcon title={<>已入库:新增 <RowsLink b={b} which="new" n={b.counts.new} /> 行,更新 <RowsLink b={b} which="change" n={b.counts.change} /> 行</>} /> : null}
          {b.state === 'undone' ? <Alert type="info" showIcon title="已撤销,数据恢复到导入之前" /> : null}
          {b.state === 'cancelled' ? <Alert type="info" showIcon title="已取消,没有写入任何数据" /> : null}
          {['previewed', 'applied'].includes(b.state) && !mapping ? <ImportRows b={b} /> : null}
        </div>
      ) : null}
    </DetailPage>
  )
}

function RowsLink({ b, which, n }: { b: ImportDetail; which: 'new' | 'change'; n: number }) {
  const to = rowsAt(b, which, n)
  return to ? <Go to={to}>{count(n)}</Go> : <>{count(n)}</>
}

function Running({ b, cancel, cancelling }: { b: ImportDetail; cancel: () => void; cancelling: boolean }) {
  const doing = words.states?.['import_state']?.[b.state] ?? ''
  return (
    <div className="hy-card hy-stack" role="status">
      <span>{doing}:{count(b.done_count)}{b.total_count ? ` / ${count(b.total_count)}` : ''} 行。可以离开本页,回来继续看。</span>
      {b.total_count ? <Progress percent={Math.min(100, Math.floor((b.done_count * 100) / b.total_count))} aria-label={doing} /> : <Progress percent={100} status="active" showInfo={false} aria-label={doing} />}
      <div><CanButton can={b.can.cancel} words={words} loading={cancelling} onClick={cancel}>取消</CanButton></div>
    </div>
  )
}

function Preview({ b, done, columns }: { b: ImportDetail; done: () => void; columns: () => void }) {
  const apply = useWrite(system.applyImport, { invalidates: [system.import] })
  const run = async () => {
    if ((await confirm({ title: `入库 ${count(b.counts.new + b.counts.change)} 行?`, content: `新增 ${count(b.counts.new)} 行,更新 ${count(b.counts.change)} 行。入库后可以撤销。`, ok: '确认入库' })) && (await apply.run({ import_id: b.import_id }))) done()
  }
  return (
    <>
      <div className="hy-figures">
        <Figure label="新增" value={count(b.counts.new)} unit="行" to={rowsAt(b, 'new', b.counts.new)} />
        <Figure label="更新" value={count(b.counts.change)} unit="行" to={rowsAt(b, 'change', b.counts.change)} />
        <Figure label="无变化" value={count(b.counts.same)} unit="行" to={rowsAt(b, 'same', b.counts.same)} />
        <Figure label="有错" to={rowsAt(b, 'bad', b.bad_count)} value={<span className={b.bad_count ? 'hy-red' : ''}>{count(b.bad_count)}</span>} unit="行" />
      </div>
      {b.summary.length ? <Alert type="info" showIcon title={b.summary.map((s) => <div key={s}>{s}</div>)} /> : null}
      <div className="hy-line">
        <CanButton type="primary" can={b.can.apply} words={words} loading={apply.running} onClick={() => void run()}>确认入库</CanButton>
        {b.bad_count ? <ExcelButton call={system.importErrors} input={{ import_id: b.import_id }} label="下载错误明细" /> : null}
        <CanButton can={b.can.preview} words={words} onClick={columns}>重新对应列</CanButton>
        {b.bad_count ? <span className="hy-red">还有 {count(b.bad_count)} 行有错,整个文件都不会入库。在表里改好后<Go to={`/system/imports/new?kind=${b.kind}${b.community_id ? `&community_id=${b.community_id}` : ''}`}>重新上传</Go></span> : null}
      </div>
    </>
  )
}
