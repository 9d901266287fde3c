import type { AdminModule } from '../../../ui/module.ts'

export const openAdmin: AdminModule = {
  menu: [
    { group: '系统设置', label: '接口密钥', path: '/open/keys', needs: 'open.key.write', whole: true },
    { group: '系统设置', label: '事件推送', path: '/open/hooks', needs: 'open.hook.write', whole: true },
  ],
  routes: [
    { path: '/open/keys', title: '接口密钥', needs: 'open.key.write', whole: true, page: () => import('./KeysPage.tsx'), help: ['密钥只显示一次,交给对方保存;泄露请立即吊销。', '只能授予自己已有的权限;账号、角色、审批和密钥不能授予接口。', '调用方法见安装目录的 docs/open/http.md。'] },
    { path: '/open/hooks', title: '事件推送', needs: 'open.hook.write', whole: true, page: () => import('./HooksPage.tsx'), help: ['事件发生后推送到对方的地址,带签名;未送达共试 8 次,约 17 分钟。', '「更换签名密钥」后旧密钥再用 24 小时,对方有时间换。', '不能推送到内网地址,除非安装人员放行。'] },
    { path: '/open/hooks/$hook_id', title: '推送记录', needs: 'open.hook.write', whole: true, page: () => import('./DeliveriesPage.tsx'), help: ['每条事件对每个地址一条记录;未送达的可以「重新推送」。', '对方以事件编号去重。'] },
  ],
}
