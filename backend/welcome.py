"""The first page a person sees who opens the server's address in a browser."""

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from backend.kernel.settings import Settings
from mobile_contract.version import CONTRACT

PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>gridcrew</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; --ink: #17211b; --soft: #5b6b61; --line: #d8e0da; --paper: #f7f9f7;
  --leaf: #1f7a4d }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e6ece8; --soft: #9fb0a5; --line: #2c3a32; --paper: #121815; --leaf: #6cc797 }} }}
body {{ margin: 0 auto; max-width: 44rem; padding: 3rem 1.25rem; background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, "PingFang SC", "Noto Sans SC", "Microsoft YaHei", sans-serif }}
h1 {{ margin: 0; font-size: 2rem; letter-spacing: -.02em }}
p {{ margin: .5rem 0 }} .soft {{ color: var(--soft) }}
dl {{ margin: 2rem 0; border-top: 1px solid var(--line) }}
dl div {{ display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: .75rem 0; border-bottom: 1px solid var(--line) }}
dt {{ flex: 0 0 13rem }} dd {{ margin: 0; flex: 1 1 16rem; color: var(--soft) }}
a {{ color: var(--leaf); text-decoration: none; font-weight: 600 }} a:hover {{ text-decoration: underline }}
</style></head><body>
<h1>gridcrew</h1>
<p>网格化外勤作业后台 · 辖区 {district} · 契约版本 {contract}</p>
<p class="soft">Field work of city districts, on line and off. District {district}, contract {contract}.</p>
<dl>
<div><dt><a href="/docs">/docs</a></dt><dd>接口文档，可直接试用 · every door, to try out</dd></div>
<div><dt><a href="/redoc">/redoc</a></dt><dd>接口文档，便于阅读 · the same, to read</dd></div>
<div><dt><a href="/openapi.json">/openapi.json</a></dt><dd>机器可读的接口描述 · for machines</dd></div>
<div><dt><a href="/sync/v1/hello">/sync/v1/hello</a></dt><dd>手机同步：时间与限额 · limits for handsets</dd></div>
<div><dt><a href="/readyz">/readyz</a></dt><dd>服务是否就绪 · is the server ready</dd></div>
</dl>
<p class="soft">手机须先由管理人员出示绑定二维码。· A handset is enrolled by scanning a code that the desk shows.</p>
</body></html>
"""


def make_router(settings: Settings) -> APIRouter:
    """The page at `/`."""
    router = APIRouter()
    page = PAGE.format(district=escape(settings.district), contract=CONTRACT)

    @router.get("/", include_in_schema=False, response_class=HTMLResponse)
    async def welcome() -> str:
        """Where to go from here."""
        return page

    return router
