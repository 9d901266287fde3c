// 科目对照与版式: the account numbers of the accounting program, and the columns its import takes.
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { useBook } from '../../ledger/admin/shared.tsx'
import { closing, type Layout } from '../contract.ts'

type Mapping = Out<typeof closing.voucherAccounts.gives>['rows'][number]

function Accounts() {
  const may = useMay()
  const [book, choose] = useBook()
  const list = useRead(closing.voucherAccounts, { book })
  const save = useWrite(closing.saveVoucherAccount, { in_form: true, done: '已保存' })
  const [open, setOpen] = useState<Mapping>()
  if (list.error) return <ErrorBlock error={list.error} retry={list.retry} />
  if (!list.data) return <LoadingBlock />
  return (
    <div className="hy-stack">
      <div className="hy-line">{choose}</div>
      <RowsTable
        label="科目对照" rows={list.data.rows} row_key="account_code" empty="没有科目"
        columns={[
          { key: 'account_code', title: '本系统科目', width: 120 }, { key: 'account_name', title: '科目名称', width: 220 }, { key: 'target_code', title: '财务软件科目', width: 150, show: (r) => r.target_code ?? '同左' }, { key: 'target_name', title: '财务软件科目名称', width: 220 },
          ...(may('closing.voucher.write') ? [{ key: 'act', title: '操作', width: 90, show: (r: Mapping) => <Button size="small" onClick={() => setOpen(r)}>设置</Button> }] : []),
        ]}
      />
      {open ? <FormDrawer open onClose={() => setOpen(undefined)} title={`科目对照 ${open.account_code} ${open.account_name}`} call={closing.saveVoucherAccount} loading={save.running} submitError={save.error} fields={[{ name: 'target_code', help: '留空则按本系统代码导出' }, 'target_name']} initial={{ target_code: open.target_code ?? '', target_name: open.target_name ?? '' }} fixed={{ book, account_code: open.account_code }} onSubmit={async (i) => { if (await save.run(i)) setOpen(undefined) }} /> : null}
    </div>
  )
}

/** One column a line: title, a tab or equals sign's space, value. */
const textOf = (columns: Layout['columns']): string => columns.map((c) => `${c.title}\t${c.value}`).join('\n')
const columnsOf = (v: unknown): unknown => String(v ?? '').split('\n').filter((l) => l.trim()).map((l) => { const [title = '', value = ''] = l.split('\t'); return { title: title.trim(), value: value.trim() } })
function ColumnsText({ value, onChange, id }: Control) {
  return <Input.TextArea {...(id ? { id } : {})} aria-label="列" rows={16} value={typeof value === 'string' ? value : textOf((value as Layout['columns'] | undefined) ?? [])} onChange={(e) => onChange?.(e.target.value)} />
}

function Layouts() {
  const may = useMay()
  const list = useRead(closing.voucherLayouts, {})
  const save = useWrite(closing.saveVoucherLayout, { in_form: true, done: '已保存' })
  const [open, setOpen] = useState<Layout>()
  if (list.error) return <ErrorBlock error={list.error} retry={list.retry} />
  if (!list.data) return <LoadingBlock />
  return (
    <>
      <RowsTable
        label="凭证版式" rows={list.data.rows} row_key="key" empty="没有版式"
        columns={[
          { key: 'name', title: '名称', width: 240 }, { key: 'format', title: '格式', width: 80 }, { key: 'columns', title: '列', width: 420, show: (l) => l.columns.map((c) => c.title).join('、') }, { key: 'own', title: '来源', width: 90, show: (l) => (l.layout_id ? (l.disabled ? '自定义(停用)' : '自定义') : '预置') },
          ...(may('closing.voucher.write') ? [{ key: 'act', title: '操作', width: 110, show: (l: Layout) => <Button size="small" onClick={() => setOpen(l)}>{l.layout_id ? '修改' : '复制并修改'}</Button> }] : []),
        ]}
      />
      {open ? (
        <FormDrawer
          open onClose={() => setOpen(undefined)} width={720} title={open.layout_id ? `修改版式:${open.name}` : `由「${open.name}」新建版式`} call={closing.saveVoucherLayout} loading={save.running} submitError={save.error} words={{ format: { xlsx: 'Excel', csv: 'CSV' } }}
          fields={['name', { name: 'format', kind: 'select' }, 'voucher_word', { name: 'columns', wide: true, send: columnsOf, control: (c) => <ColumnsText {...c} />, help: `每行一列:标题、制表符、取值。取值:${list.data.fields.map((f) => `${f.value} ${f.label}`).join(',')};= 开头为固定文字` }, 'disabled']}
          initial={{ name: open.layout_id ? open.name : `${open.name}(自定义)`, format: open.format, voucher_word: open.voucher_word, columns: textOf(open.columns) as never, disabled: open.disabled }} {...(open.layout_id ? { fixed: { layout_id: open.layout_id } } : {})}
          onSubmit={async (i) => { if (await save.run(i)) setOpen(undefined) }}
        />
      ) : null}
    </>
  )
}

export default function VoucherSetupPage() {
  return <DetailPage title="科目对照与版式" loading={false} error={null} back="/closing/vouchers" tabs={[{ key: 'accounts', label: '科目对照', children: () => <Accounts /> }, { key: 'layouts', label: '凭证版式', children: () => <Layouts /> }]} />
}
