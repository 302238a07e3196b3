import { Controller, Get, Res } from '@nestjs/common';
import { renderMetrics } from '@roost/observability';
import type { Response } from 'express';

/** Figures for Prometheus; not through the public door. */
@Controller('metrics')
export class MetricsController {
  @Get()
  async metrics(@Res() response: Response): Promise<void> {
    const { contentType, text } = await renderMetrics();
    response.type(contentType).send(text);
  }
}
