const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['/'], '全局搜索'],
  [['Ctrl', 'K'], '全局搜索(输入框内也可用)'],
  [['?'], '打开帮助'],
  [['Ctrl', 'Enter'], '提交正在填写的表单'],
  [['Esc'], '关闭弹窗,有修改时先询问'],
  [['Enter'], '查询;打开链接或按钮'],
  [['Tab'], '到下一个控件'],
]
export function KeyboardHelp() {
  return (
    <dl className="hy-keys">
      {KEYS.map(([keys, what]) => (
        <div key={what}>
          <dt>{keys.map((k) => <kbd key={k} className="hy-kbd">{k}</kbd>)}</dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  )
}
