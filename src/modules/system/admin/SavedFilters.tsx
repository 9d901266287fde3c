// 常用查询: names for the filters of a list, one of them applied when the list is opened bare. What is applied stands in the address.
import DownOutlined from '@ant-design/icons/es/icons/DownOutlined'
import { Button, Dropdown } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { confirm, toast } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { cleared, namesOf } from '../../../ui/list.ts'
import type { ListToolsProps } from '../../../ui/list_tools.ts'
import { system, type FilterQuery, type SavedFilter } from '../contract.ts'

const keyOfQuery = (query: FilterQuery): string => query.map((q) => `${q.name}=${q.value}`).sort().join('&')

export function SavedFilters({ name, filters, search, setSearch }: ListToolsProps) {
  const saved = useRead(system.filters, { page: name }, { stale_ms: 300_000 })
  const names = filters.flatMap(namesOf)
  const query: FilterQuery = names.flatMap((n) => (search[n] ? [{ name: n, value: search[n] }] : []))
  const rows = saved.data?.rows ?? []
  const now = query.length ? rows.find((r) => keyOfQuery(r.query) === keyOfQuery(query)) : undefined
  const [form, setForm] = useState<{ of?: SavedFilter; query: FilterQuery }>()
  const update = useWrite(system.saveFilter, { invalidates: [system.filters], done: '已保存' })
  const remove = useWrite(system.removeFilter, { invalidates: [system.filters], done: '已删除' })
  const apply = (q: FilterQuery) => setSearch({ ...cleared(filters), ...Object.fromEntries(q.filter((x) => names.includes(x.name)).map((x) => [x.name, x.value])) })

  // The default only when the page was opened bare, once: an address that says something wins, and 重置 stays empty.
  const bare = useRef(Object.keys(search).length === 0)
  const first = rows.find((r) => r.is_default)
  useEffect(() => {
    if (saved.data === undefined || !bare.current) return
    bare.current = false
    if (first && Object.keys(search).length === 0) apply(first.query)
  })

  const removeNow = async (f: SavedFilter) => {
    if (await confirm({ title: `删除常用查询「${f.name}」?`, ok: '删除', danger: true })) await remove.run({ filter_id: f.filter_id })
  }
  const items = [
    ...rows.map((r) => ({ key: r.filter_id, label: `${r.name}${r.is_default ? '(默认)' : ''}`, onClick: () => apply(r.query) })),
    ...(rows.length ? [{ type: 'divider' as const }] : []),
    { key: 'save', label: '保存当前条件…', disabled: query.length === 0, onClick: () => setForm({ query }) },
    ...(now
      ? [
          { key: 'edit', label: `改名「${now.name}」…`, onClick: () => setForm({ of: now, query: now.query }) },
          { key: 'default', label: now.is_default ? `「${now.name}」不再默认` : `把「${now.name}」设为默认`, onClick: () => void update.run({ filter_id: now.filter_id, page: name, name: now.name, query: now.query, is_default: !now.is_default }) },
          { key: 'remove', danger: true, label: `删除「${now.name}」`, onClick: () => void removeNow(now) },
        ]
      : rows.length && query.length
        ? [{ key: 'update', label: '用当前条件更新', children: rows.map((r) => ({ key: `update-${r.filter_id}`, label: r.name, onClick: () => void update.run({ filter_id: r.filter_id, page: name, name: r.name, query, is_default: r.is_default }) })) }]
        : []),
  ]
  return (
    <>
      <Dropdown trigger={['click']} menu={{ items, onClick: () => { if (saved.error) toast.refused(saved.error) } }}>
        <Button loading={saved.loading}>{now ? `查询:${now.name}` : '常用查询'} <DownOutlined /></Button>
      </Dropdown>
      {form ? <NameForm key={form.of?.filter_id ?? 'new'} page={name} {...form} close={() => setForm(undefined)} /> : null}
    </>
  )
}

function NameForm({ page, of, query, close }: { page: string; of?: SavedFilter; query: FilterQuery; close: () => void }) {
  const save = useWrite(system.saveFilter, { in_form: true, invalidates: [system.filters], done: '已保存' })
  return (
    <FormModal
      open onClose={close} title={of ? '改名' : '保存当前条件'} call={system.saveFilter} loading={save.running} submitError={save.error} width={420}
      fields={['name', 'is_default']} initial={{ name: of?.name ?? '', is_default: of?.is_default ?? false }} fixed={{ page, query, ...(of ? { filter_id: of.filter_id } : {}) }}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}
